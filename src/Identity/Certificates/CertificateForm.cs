using System.Formats.Asn1;

namespace MyKey.Identity.Certificates;

/// <summary>The fields of a certificate that the rules look at, read strictly from its DER (RFC 5280 4.1).</summary>
internal sealed record CertificateForm(Signed Signed, string Serial, DateTimeOffset NotBefore, DateTimeOffset NotAfter, KeyForm Key, IReadOnlyDictionary<string, Extension> Extensions)
{
    private const string AuthorityKeyIdentifier = "2.5.29.35", DistributionPoints = "2.5.29.31", KeyUsage = "2.5.29.15",
        Policies = "2.5.29.32", BasicConstraints = "2.5.29.19";

    /// <summary>What the rules read, and so all that may be critical.</summary>
    private static readonly string[] Understood = [AuthorityKeyIdentifier, DistributionPoints, KeyUsage, Policies, BasicConstraints];

    /// <exception cref="AsnContentException">Not one certificate, version 3, in DER.</exception>
    public static CertificateForm Read(ReadOnlyMemory<byte> der)
    {
        StrictDer.Demand(der.Span);
        var frame = SignedFrame.Open(new AsnReader(der, AsnEncodingRules.DER).ReadSequence(), out var tbs);

        var explicit0 = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (!tbs.ReadSequence(explicit0).TryReadInt32(out var version) || version != 2) throw new AsnContentException("not version 3");
        var serial = Asn1Reading.Serial(tbs.ReadIntegerBytes().Span);
        var signed = frame.Named(tbs);
        var validity = tbs.ReadSequence();
        var (notBefore, notAfter) = (validity.Time(), validity.Time());
        validity.ThrowIfNotEmpty();
        tbs.ReadSequence();
        var key = KeyForm.Read(tbs.ReadSequence());
        // Unique identifiers ([1], [2]) are not used by the authority and so not accepted.
        var extensions = tbs.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true));
        tbs.ThrowIfNotEmpty();
        return new CertificateForm(signed, serial, notBefore, notAfter, key, Asn1Reading.Extensions(extensions));
    }

    /// <summary>A critical extension is there that no rule reads (RFC 5280 4.2).</summary>
    public bool DemandsMore => Extensions.Any(e => e.Value.Critical && !Understood.Contains(e.Key));

    /// <summary>Key id of the issuer; empty when the certificate does not tell it.</summary>
    public byte[] IssuerKeyId() => Extensions.TryGetValue(AuthorityKeyIdentifier, out var found) ? Asn1Reading.KeyId(found.Value) : [];

    /// <summary>keyUsage is digitalSignature and nothing beside it.</summary>
    public bool OnlyDigitalSignature()
    {
        if (!Extensions.TryGetValue(KeyUsage, out var found)) return false;
        var bits = new AsnReader(found.Value, AsnEncodingRules.DER).ReadNamedBitList();
        return bits.Count == 1 && bits[0];
    }

    /// <summary>The certificate was issued under exactly this policy.</summary>
    public bool PolicyIs(string oid)
    {
        if (!Extensions.TryGetValue(Policies, out var found)) return false;
        var policies = new AsnReader(found.Value, AsnEncodingRules.DER).ReadSequence();
        var first = policies.ReadSequence().ReadObjectIdentifier();
        return !policies.HasData && first == oid;
    }

    /// <summary>basicConstraints says CA:TRUE.</summary>
    public bool IsAuthority()
    {
        if (!Extensions.TryGetValue(BasicConstraints, out var found)) return false;
        var fields = new AsnReader(found.Value, AsnEncodingRules.DER).ReadSequence();
        return fields.HasData && fields.PeekTag() == Asn1Tag.Boolean && fields.ReadBoolean();
    }

    /// <summary>Names of the distribution points, as <see cref="Asn1Reading.PointNames"/> gives them.</summary>
    public IReadOnlyList<string> Points()
    {
        var names = new List<string>();
        if (!Extensions.TryGetValue(DistributionPoints, out var found)) return names;
        var points = new AsnReader(found.Value, AsnEncodingRules.DER).ReadSequence();
        var explicit0 = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        while (points.HasData)
        {
            var point = points.ReadSequence();
            if (point.HasData && point.PeekTag() == explicit0) names.AddRange(Asn1Reading.PointNames(point.ReadSequence(explicit0)));
        }
        return names;
    }
}
