using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MyKey.Sandbox.Authority;

/// <summary>
/// A made-up national authority of the JPKI kind, all names with O=SANDBOX: generations of user-authentication roots that share one name
/// (two with RSA-2048, one with P-384 for the next card), and a signing authority whose certificates nobody may take for a login.
/// Usable in process and, by <c>MapAuthority</c>, over HTTP.
/// </summary>
public sealed class NationalAuthority : IDisposable
{
    private static readonly CardKey[] Generations = [CardKey.Rsa2048, CardKey.Rsa2048, CardKey.EcP384];
    private readonly Lock gate = new();
    private readonly AuthorityState state;
    private readonly TimeProvider clock;

    private NationalAuthority(IReadOnlyList<AuthorityKey> userAuthentication, AuthorityKey signing, AuthorityState state, TimeProvider clock) =>
        (UserAuthentication, Signing, this.state, this.clock) = (userAuthentication, signing, state, clock);

    /// <summary>Where the certificates say that the list can be fetched; <c>{0}</c> is the generation.</summary>
    public string CrlUrl { get; init; } = "http://jpki.localhost:5090/crl/{0}.crl";

    /// <summary>The generations, oldest first. Generation n stands at n - 1.</summary>
    public IReadOnlyList<AuthorityKey> UserAuthentication { get; }

    public AuthorityKey Signing { get; }

    /// <summary>The generation that today's cards come from, and the one of the next card.</summary>
    public const int Today = 2, Next = 3;

    /// <summary>Keys and books lie in the folder and are made there when it is empty.</summary>
    public static NationalAuthority Open(string folder, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        AuthorityKey Keep(string name, Func<AuthorityKey> make)
        {
            var file = Path.Combine(folder, $"{name}.pem");
            if (File.Exists(file)) return AuthorityKey.Load(file);
            var made = make();
            made.Save(file);
            return made;
        }
        return Make(Keep, new AuthorityState(Path.Combine(folder, "state.json")), clock);
    }

    /// <summary>Gone with the process.</summary>
    public static NationalAuthority InMemory(TimeProvider clock) => Make((_, make) => make(), new AuthorityState(null), clock);

    /// <summary>The same keys with empty books, in memory. The keys stay this one's to dispose of.</summary>
    public NationalAuthority WithEmptyBooks() => new(UserAuthentication, Signing, new AuthorityState(null), clock);

    private static NationalAuthority Make(Func<string, Func<AuthorityKey>, AuthorityKey> keep, AuthorityState state, TimeProvider clock)
    {
        var oldest = clock.GetUtcNow().AddYears(-12);
        var roots = Generations.Select((kind, i) => keep($"user-authentication-{i + 1}",
            () => AuthorityKey.Make(AuthorityKey.UserAuthentication, kind, oldest.AddYears(i)))).ToList();
        return new NationalAuthority(roots, keep("signing", () => AuthorityKey.Make(AuthorityKey.DigitalSignature, CardKey.Rsa2048, oldest)), state, clock);
    }

    /// <summary>The roots to pin, as PEM: the user-authentication ones only.</summary>
    public string AnchorsPem() => string.Join('\n', UserAuthentication.Select(g => g.Root.ExportCertificatePem())) + "\n";

    /// <summary>A card as it comes from the counter.</summary>
    public SandboxCard Issue(CertificateProfile? profile = null, int generation = Today) =>
        Issue(UserAuthentication[generation - 1], profile ?? new CertificateProfile { Key = Generations[generation - 1] }, null, "first");

    /// <summary>A card whose certificate ended yesterday.</summary>
    public SandboxCard IssueExpired()
    {
        var yesterday = clock.GetUtcNow().AddDays(-1);
        return Issue(new CertificateProfile { NotBefore = yesterday.AddYears(-5), NotAfter = yesterday });
    }

    /// <summary>A card that was revoked a moment ago.</summary>
    public SandboxCard IssueRevoked(X509RevocationReason reason = X509RevocationReason.CessationOfOperation)
    {
        var card = Issue();
        Revoke(card.Authority, card.Serial, reason);
        return card;
    }

    /// <summary>A signing certificate (署名用), without the personal data that real ones carry.</summary>
    public SandboxCard IssueSigning(CertificateProfile? profile = null) => Issue(Signing, profile ?? new CertificateProfile
    {
        KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation, Policies = [CertificateProfile.SigningPolicy],
    }, null, "first");

    /// <summary>Whether it tells which certificate came before another; off: as an authority that gives no answer.</summary>
    public bool TellsLineage { get; set; } = true;

    /// <summary>A new certificate before the old one ends (更新); the old one is superseded.</summary>
    public SandboxCard Renew(SandboxCard old, int generation = Today) => Renew(old.Authority, old.Serial, generation);

    public SandboxCard Renew(string authority, string serial, int generation = Today) => Follow((authority, serial), "renewed", X509RevocationReason.Superseded, generation);

    /// <summary>A new card after loss or move (再交付), or where the old one was revoked by mistake; the old one is out of use.</summary>
    public SandboxCard Reissue(SandboxCard old, int generation = Today) => Reissue(old.Authority, old.Serial, generation);

    public SandboxCard Reissue(string authority, string serial, int generation = Today) => Follow((authority, serial), "reissued", X509RevocationReason.CessationOfOperation, generation);

    /// <exception cref="InvalidOperationException">No such certificate was issued.</exception>
    public void Revoke(string authority, string serial, X509RevocationReason reason)
    {
        lock (gate)
        {
            var certificate = state.Find(authority, serial) ?? throw new InvalidOperationException($"No certificate {serial} was issued.");
            // The first reason stands.
            if (certificate.Revoked is null) state.Put(certificate with { Revoked = reason, RevokedAt = clock.GetUtcNow() });
        }
    }

    /// <summary>The same of a card in the tray.</summary>
    /// <returns>False for a certificate that is none of this authority's.</returns>
    public bool Move(byte[] certificate, DateOnly day)
    {
        using var read = X509CertificateLoader.LoadCertificate(certificate);
        var serial = Text(read.SerialNumberBytes.Span);
        if (UserAuthentication.FirstOrDefault(g => Find(g.Authority, serial) is not null) is not { } issuer) return false;
        Move(issuer.Authority, serial, day);
        return true;
    }

    /// <summary>The holder has moved. The user-authentication certificate stays good.</summary>
    /// <exception cref="InvalidOperationException">No such certificate was issued.</exception>
    public void Move(string authority, string serial, DateOnly day)
    {
        lock (gate) state.Put((state.Find(authority, serial) ?? throw new InvalidOperationException($"No certificate {serial} was issued.")) with { AddressChangedOn = day });
    }

    /// <summary>The books on one certificate, or null.</summary>
    public IssuedCertificate? Find(string authority, string serial)
    {
        lock (gate) return state.Find(authority, serial);
    }

    /// <summary>A new list with the next number, good for a day unless told otherwise.</summary>
    /// <param name="further">Serials of certificates that stand in no books, for a list as long as a nation's.</param>
    public byte[] Crl(int generation = Today, DateTimeOffset? thisUpdate = null, DateTimeOffset? nextUpdate = null, BigInteger? number = null, IEnumerable<byte[]>? further = null)
    {
        var issuer = UserAuthentication[generation - 1];
        var now = clock.GetUtcNow();
        lock (gate)
        {
            var list = new CertificateRevocationListBuilder();
            foreach (var serial in further ?? []) list.AddEntry(serial, now, X509RevocationReason.CessationOfOperation);
            foreach (var one in state.RevokedBy(issuer.Authority)) list.AddEntry(Bytes(one.Serial), one.RevokedAt!.Value, one.Revoked!.Value);
            return list.Build(issuer.Root, number ?? state.NextCrlNumber(issuer.Authority), nextUpdate ?? now.AddDays(1), issuer.Hash,
                RSASignaturePadding.Pkcs1, thisUpdate ?? now.AddMinutes(-1));
        }
    }

    public void Dispose()
    {
        foreach (var generation in UserAuthentication) generation.Dispose();
        Signing.Dispose();
    }

    private SandboxCard Follow((string Authority, string Serial) old, string cause, X509RevocationReason reason, int generation)
    {
        Revoke(old.Authority, old.Serial, reason);
        return Issue(UserAuthentication[generation - 1], new CertificateProfile { Key = Generations[generation - 1] }, old, cause);
    }

    private SandboxCard Issue(AuthorityKey issuer, CertificateProfile profile, (string Authority, string Serial)? predecessor, string cause)
    {
        AsymmetricAlgorithm? key = profile.PublicKey is not null ? null
            : profile.Key == CardKey.Rsa2048 ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var generation = 0;
        while (generation < UserAuthentication.Count && UserAuthentication[generation] != issuer) generation++;
        var crlUrl = generation < UserAuthentication.Count ? string.Format(System.Globalization.CultureInfo.InvariantCulture, CrlUrl, generation + 1) : null;
        var notBefore = profile.NotBefore ?? clock.GetUtcNow();
        var (serial, entry) = Enter(issuer.Authority, predecessor, cause);
        var request = profile.Request(profile.PublicKey ?? new PublicKey(key!), issuer.Root, issuer.Hash, crlUrl);
        var der = issuer.Issue(request, notBefore, profile.NotAfter ?? notBefore.AddYears(5), serial);
        return new SandboxCard(der, issuer.Root.RawData, entry.Authority, entry.Serial, key);
    }

    /// <summary>A serial number that this authority has given to nobody else (RFC 5280 4.1.2.2): among tens of thousands of cards four random bytes come twice.</summary>
    private (byte[] Serial, IssuedCertificate Entry) Enter(string authority, (string Authority, string Serial)? predecessor, string cause)
    {
        lock (gate)
        {
            byte[] serial;
            do
            {
                serial = RandomNumberGenerator.GetBytes(4);
                serial[0] = (byte)(serial[0] & 0x7F | 0x40);
            }
            while (state.Find(authority, Text(serial)) is not null);
            var entry = new IssuedCertificate(authority, Text(serial)) { PredecessorAuthority = predecessor?.Authority, PredecessorSerial = predecessor?.Serial, Cause = cause };
            state.Put(entry);
            return (serial, entry);
        }
    }

    internal static string Text(ReadOnlySpan<byte> serial) => Convert.ToHexStringLower(serial).TrimStart('0');

    private static byte[] Bytes(string serial) => Convert.FromHexString(serial.Length % 2 == 0 ? serial : "0" + serial);
}
