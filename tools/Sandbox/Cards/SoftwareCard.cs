using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace MyKey.Sandbox.Cards;

/// <summary>
/// The JPKI application of a My Number Card, command by command (the table of identity.md): user-authentication certificate,
/// its authority, PIN and key. It has no signing pair and no application that holds a My Number. OpenSC reads it as any other.
/// </summary>
public sealed class SoftwareCard : IDisposable
{
    private static readonly byte[] Aid = Convert.FromHexString("D392F000260100000001");

    private readonly Lock turn = new();
    private readonly Action<CardFile> changed;
    private readonly RSA key = RSA.Create();
    private CardFile file;
    private bool inApplication;
    private int selected;
    private bool verified;

    /// <param name="changed">Is told of every change of the tries, before the card answers: a try outlives the power.</param>
    public SoftwareCard(CardFile file, Action<CardFile>? changed = null)
    {
        (this.file, this.changed) = (file, changed ?? (_ => { }));
        key.ImportPkcs8PrivateKey(file.Key, out _);
    }

    /// <summary>As a contactless reader would make it; says T=0 and T=1 and nothing about the card.</summary>
    public static byte[] Atr => [0x3B, 0x80, 0x80, 0x01, 0x01];

    public CardFile File
    {
        get { lock (turn) return file; }
    }

    /// <summary>Power off, on, or reset: what was selected and verified is gone, the tries stay.</summary>
    public void PowerOff()
    {
        lock (turn) (inApplication, selected, verified) = (false, 0, false);
    }

    /// <summary>Answers one command: data and status word.</summary>
    public byte[] Transmit(ReadOnlySpan<byte> command)
    {
        if (CommandApdu.Read(command) is not { } apdu) return Status(0x6700);
        lock (turn)
        {
            return (apdu.Cla, apdu.Ins) switch
            {
                (0x00, 0xA4) => Select(apdu),
                (0x00, 0xB0) => ReadBinary(apdu),
                (0x00, 0x20) => Verify(apdu),
                (0x80, 0x2A) => Sign(apdu),
                (0x00 or 0x80, _) => Status(0x6D00),
                _ => Status(0x6E00),
            };
        }
    }

    public void Dispose() => key.Dispose();

    private byte[] Select(CommandApdu apdu)
    {
        if (apdu.P == 0x040C)
        {
            if (!apdu.Data.AsSpan().SequenceEqual(Aid)) return Status(0x6A82);
            (inApplication, selected) = (true, 0);
            return Status(0x9000);
        }
        if (apdu.P != 0x020C || apdu.Data.Length != 2) return Status(0x6A86);
        var id = apdu.Data[0] << 8 | apdu.Data[1];
        // 001B is the PIN of the signing pair: every real card has it, and OpenSC asks for its tries before it shows anything.
        var there = id is 0x000B or 0x0017 or 0x0018 or 0x001B || (id == 0x000A && file.Certificate.Length > 0);
        if (!inApplication || !there) return Status(0x6A82);
        selected = id;
        return Status(0x9000);
    }

    private byte[] ReadBinary(CommandApdu apdu)
    {
        byte[] content;
        if (selected == 0x000A) content = file.Certificate;
        else if (selected == 0x000B) content = file.Authority;
        else return Status(0x6986);
        // An elementary file is longer than the certificate in it: filler follows.
        byte[] stored = [.. content, .. new byte[256]];
        if (apdu.P >= stored.Length) return Status(0x6B00);
        var length = Math.Min(apdu.Le ?? 256, stored.Length - apdu.P);
        return [.. stored.AsSpan(apdu.P, length), 0x90, 0x00];
    }

    private byte[] Verify(CommandApdu apdu)
    {
        if (apdu.P != 0x0080) return Status(0x6A86);
        if (selected == 0x001B) return apdu.Data.Length == 0 ? Status(0x63C5) : Status(0x6984);
        if (selected != 0x0018) return Status(0x6986);
        if (apdu.Data.Length == 0) return Status(0x63C0 | file.Tries);
        if (file.Tries == 0) return Status(0x6984);
        verified = CryptographicOperations.FixedTimeEquals(apdu.Data, Encoding.ASCII.GetBytes(file.Pin));
        var tries = verified ? CardFile.AllTries : file.Tries - 1;
        if (tries != file.Tries)
        {
            file = file with { Tries = tries };
            changed(file);
        }
        return verified ? Status(0x9000) : Status(0x63C0 | tries);
    }

    private byte[] Sign(CommandApdu apdu)
    {
        if (apdu.P != 0x0080) return Status(0x6A86);
        if (selected != 0x0017) return Status(0x6985);
        if (!verified) return Status(0x6982);
        var size = key.KeySize / 8;
        if (apdu.Data.Length is 0 || apdu.Data.Length > size - 11) return Status(0x6700);
        return [.. Raw([0x00, 0x01, .. Enumerable.Repeat((byte)0xFF, size - 3 - apdu.Data.Length), 0x00, .. apdu.Data]), 0x90, 0x00];
    }

    /// <summary>The bare RSA operation: like the chip, it pads and signs what it is given, whatever hash that names.</summary>
    private byte[] Raw(byte[] block)
    {
        var rsa = key.ExportParameters(includePrivateParameters: true);
        var result = BigInteger.ModPow(Number(block), Number(rsa.D!), Number(rsa.Modulus!)).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[block.Length - result.Length], .. result];
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Status(int word) => [(byte)(word >> 8), (byte)(word & 0xFF)];
}
