using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyKey.Kernel;

namespace MyKey.CardAgent.Cards;

/// <summary>
/// The user-authentication pair of a My Number Card (identity.md): reads the certificate, asks for the tries left, checks the PIN, signs.
/// It selects this application and no other (S0-1018a) and writes nothing (S1-51). The ATR is not looked at: contactless readers make it.
/// </summary>
/// <param name="givenUp">Once the work was given up no further command leaves, least of all a PIN.</param>
public sealed class JpkiCard(ICardLine line, CancellationToken givenUp)
{
    private const int Certificate = 0x000A, Key = 0x0017, Pin = 0x0018;
    private const int LongestCertificate = 8 * 1024;

    /// <summary>Twice as many blocks as the longest certificate has: a card that gives a byte at a time would keep a person waiting for minutes.</summary>
    private const int MostBlocks = 64;

    private static readonly byte[] SelectApplication = Convert.FromHexString("00A4040C0AD392F000260100000001");
    private static readonly byte[] Sha256DigestInfo = Convert.FromHexString("3031300D060960864801650304020105000420");

    /// <summary>DER of the user-authentication certificate, as it stands on the card.</summary>
    /// <returns>card_other: no My Number Card; cert_missing: the person has none on it.</returns>
    public Result<byte[]> ReadCertificate()
    {
        if (Send(SelectApplication).Status != 0x9000) return Refusal.Of("card_other");
        if (Select(Certificate) is not 0x9000) return Refusal.Of("cert_missing");
        var head = Read(0, 4);
        if (head is not [0x30, 0x82, _, _]) return Refusal.Of("cert_missing");
        var length = 4 + (head[2] << 8 | head[3]);
        if (length > LongestCertificate) throw new CardUnreadable("the certificate is longer than one can be");
        var der = new List<byte>(length);
        for (var blocks = 0; der.Count < length; blocks++)
        {
            if (blocks == MostBlocks) throw new CardUnreadable("the certificate comes in crumbs");
            var block = Read(der.Count, Math.Min(256, length - der.Count));
            if (block.Length == 0) throw new CardUnreadable("the certificate ends early");
            der.AddRange(block);
        }
        return der.Take(length).ToArray();
    }

    /// <summary>How often the PIN may still be wrong; costs no try. 0 = locked.</summary>
    public int TriesLeft()
    {
        Need(Select(Pin), "the PIN");
        var (_, status) = Send([0x00, 0x20, 0x00, 0x80]);
        if ((status & 0xFFF0) == 0x63C0) return status & 0x0F;
        // 9000: verified since power-on, which no line of ours leaves behind; a reader may. Nothing is known to be lost then.
        return status switch { 0x9000 => 3, 0x6983 or 0x6984 => 0, _ => throw new CardUnreadable($"tries left: {status:X4}") };
    }

    /// <summary>Costs a try when wrong. The only place where a PIN leaves this program.</summary>
    /// <param name="pin">Four ASCII digits; cleared here.</param>
    /// <returns>Null, or pin_wrong with <c>left</c>, or pin_locked.</returns>
    public Refusal? Verify(byte[] pin)
    {
        Must.Hold(pin.Length == 4 && pin.All(b => b is >= (byte)'0' and <= (byte)'9'), "a PIN of four digits goes to the card");
        byte[] command = [0x00, 0x20, 0x00, 0x80, 4, .. pin];
        try
        {
            Need(Select(Pin), "the PIN");
            var (_, status) = Send(command);
            if (status == 0x9000) return null;
            if (status is 0x63C0 or 0x6983 or 0x6984) return Refusal.Of("pin_locked");
            if ((status & 0xFFF0) == 0x63C0) return Refusal.Of("pin_wrong", ("left", (long)(status & 0x0F)));
            throw new CardUnreadable($"verify: {status:X4}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(command);
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    /// <summary>Signs after <see cref="Verify"/>: RSA 2048, PKCS#1 v1.5, SHA-256 of <paramref name="message"/>.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        Need(Select(Key), "the key");
        byte[] digestInfo = [.. Sha256DigestInfo, .. SHA256.HashData(message)];
        var (signature, status) = Send([0x80, 0x2A, 0x00, 0x80, (byte)digestInfo.Length, .. digestInfo, 0x00]);
        Need(status, "sign");
        return signature;
    }

    /// <summary>The algorithms that this agent can sign with, read from the certificate's key.</summary>
    public static bool CanSign(byte[] certificate)
    {
        try
        {
            using var read = X509CertificateLoader.LoadCertificate(certificate);
            using var rsa = read.GetRSAPublicKey();
            return rsa is { KeySize: 2048 };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private int Select(int file) => Send([0x00, 0xA4, 0x02, 0x0C, 0x02, (byte)(file >> 8), (byte)(file & 0xFF)]).Status;

    private byte[] Read(int offset, int length)
    {
        var (data, status) = Send([0x00, 0xB0, (byte)(offset >> 8), (byte)(offset & 0xFF), (byte)(length & 0xFF)]);
        if (status is not (0x9000 or 0x6282)) throw new CardUnreadable($"read: {status:X4}");
        return data;
    }

    private (byte[] Data, int Status) Send(ReadOnlySpan<byte> command)
    {
        givenUp.ThrowIfCancellationRequested();
        var answer = line.Transmit(command);
        if (answer.Length < 2) throw new CardUnreadable("an answer without a status word");
        return (answer[..^2], answer[^2] << 8 | answer[^1]);
    }

    private static void Need(int status, string what)
    {
        if (status != 0x9000) throw new CardUnreadable($"{what}: {status:X4}");
    }
}
