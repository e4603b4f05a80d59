using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MyKey.Tests.Support;

/// <summary>
/// An authenticator in software: a real ES256 key, real client data, attestation none, as WebAuthn level 3 has them. What a test sets otherwise makes it
/// the authenticator of a thief, of another site, or a broken one.
/// </summary>
public sealed class SoftPasskey : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Id { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>The site's origin, as the browser writes it into what is signed.</summary>
    public string Origin { get; set; } = "http://mykey.localhost:5080";

    public string Host { get; set; } = "mykey.localhost";

    /// <summary>Asked for fingerprint, face or PIN.</summary>
    public bool Verified { get; set; } = true;

    /// <summary>Another site's frame around ours.</summary>
    public bool CrossOrigin { get; set; }

    public uint Count { get; set; }

    /// <summary>Whose it is, told at the registration.</summary>
    public string? Handle { get; set; }

    /// <summary>In place of the challenge that was asked.</summary>
    public string? Challenge { get; set; }

    /// <summary>What <c>navigator.credentials.create</c> gives back for these options.</summary>
    public string Create(string options)
    {
        var asked = JsonNode.Parse(options)!;
        Handle = asked["user"]!["id"]!.GetValue<string>();
        var client = ClientData("webauthn.create", asked);
        var cbor = new CborWriter(CborConformanceMode.Ctap2Canonical);
        cbor.WriteStartMap(3);
        cbor.WriteTextString("fmt");
        cbor.WriteTextString("none");
        cbor.WriteTextString("attStmt");
        cbor.WriteStartMap(0);
        cbor.WriteEndMap();
        cbor.WriteTextString("authData");
        cbor.WriteByteString([.. AuthenticatorData(attested: true), .. new byte[16], .. Length(Id.Length), .. Id, .. PublicKey()]);
        cbor.WriteEndMap();
        return Credential(new { clientDataJSON = Text(client), attestationObject = Text(cbor.Encode()), transports = new[] { "internal" } });
    }

    /// <summary>What <c>navigator.credentials.get</c> gives back for these options.</summary>
    public string Get(string options)
    {
        var client = ClientData("webauthn.get", JsonNode.Parse(options)!);
        var data = AuthenticatorData(attested: false);
        var signature = key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Credential(new { clientDataJSON = Text(client), authenticatorData = Text(data), signature = Text(signature), userHandle = Handle });
    }

    public void Dispose() => key.Dispose();

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static byte[] Length(int length) => [(byte)(length >> 8), (byte)(length & 0xFF)];

    private byte[] ClientData(string type, JsonNode asked) => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
    {
        type, challenge = Challenge ?? asked["challenge"]!.GetValue<string>(), origin = Origin, crossOrigin = CrossOrigin,
    }));

    private byte[] AuthenticatorData(bool attested)
    {
        var flags = (byte)(0x01 | (Verified ? 0x04 : 0) | (attested ? 0x40 : 0));
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(Host)), flags, .. count];
    }

    private byte[] PublicKey()
    {
        var point = key.ExportParameters(false).Q;
        var cbor = new CborWriter(CborConformanceMode.Ctap2Canonical);
        cbor.WriteStartMap(5);
        foreach (var (name, value) in new[] { (1, 2), (3, -7), (-1, 1) })
        {
            cbor.WriteInt32(name);
            cbor.WriteInt32(value);
        }
        cbor.WriteInt32(-2);
        cbor.WriteByteString(point.X!);
        cbor.WriteInt32(-3);
        cbor.WriteByteString(point.Y!);
        cbor.WriteEndMap();
        return cbor.Encode();
    }

    private string Credential(object response) => JsonSerializer.Serialize(new
    {
        id = Text(Id), rawId = Text(Id), type = "public-key", response, clientExtensionResults = new { }, authenticatorAttachment = "platform",
    });
}
