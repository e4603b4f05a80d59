using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MyKey.Sandbox.Cards;
using MyKey.Tests.Support;

namespace MyKey.Tests.Sandbox;

/// <summary>Goal: the software card answers as the table of identity.md says a real one does.</summary>
public sealed class SoftwareCardTests : IDisposable
{
    private const string SelectApplication = "00A4040C0AD392F000260100000001";
    private readonly CardFile file = TestCards.New();
    private readonly List<int> saved = [];
    private readonly SoftwareCard card;

    public SoftwareCardTests() => card = new SoftwareCard(file, changed => saved.Add(changed.Tries));

    public void Dispose() => card.Dispose();

    [Fact]
    public void Files_are_there_after_the_application_was_selected()
    {
        Assert.Equal("6A82", Send("00A4020C02000A"));
        Assert.Equal("9000", Send(SelectApplication));
        foreach (var id in new[] { "000A", "000B", "0017", "0018" }) Assert.Equal("9000", Send("00A4020C02" + id));
        Assert.Equal("6A82", Send("00A4020C02" + "0001"));
    }

    [Fact]
    public void S0_1018a_No_other_application_is_on_it() => Assert.Equal("6A82", Send("00A4040C0AD3921000310001010408"));

    [Fact]
    public void The_certificate_is_read_in_blocks_and_filler_follows()
    {
        Send(SelectApplication);
        Send("00A4020C02000A");
        var head = Send("00B0000004");
        Assert.StartsWith("3082", head, StringComparison.Ordinal);
        var length = Convert.ToInt32(head[4..8], 16) + 4;
        Assert.Equal(file.Certificate.Length, length);
        var read = new List<byte>();
        while (read.Count < length)
        {
            var answer = Convert.FromHexString(Send($"00B0{read.Count:X4}00"));
            Assert.True(answer.Length <= 258);
            read.AddRange(answer[..^2]);
        }
        Assert.Equal(file.Certificate, read.Take(length));
        Assert.True(read.Count > length);
    }

    [Fact]
    public void A_card_without_a_certificate_has_no_such_file()
    {
        using var bare = new SoftwareCard(file with { Certificate = [] });
        bare.Transmit(Convert.FromHexString(SelectApplication));
        Assert.Equal("6A82", Convert.ToHexString(bare.Transmit(Convert.FromHexString("00A4020C02000A"))));
    }

    [Fact]
    public void S1_05a_Three_wrong_PINs_lock_and_asking_costs_nothing()
    {
        Send(SelectApplication);
        Send("00A4020C020018");
        Assert.Equal("63C3", Send("00200080"));
        Assert.Equal("63C2", Verify("0000"));
        Assert.Equal("63C2", Send("00200080"));
        Assert.Equal("63C1", Verify("0000"));
        Assert.Equal("63C0", Verify("0000"));
        Assert.Equal("63C0", Send("00200080"));
        Assert.Equal("6984", Verify(TestCards.Pin));
        Assert.Equal([2, 1, 0], saved);
    }

    [Fact]
    public void S1_05a_The_right_PIN_gives_all_tries_back()
    {
        Send(SelectApplication);
        Send("00A4020C020018");
        Verify("0000");
        Verify("0000");
        Assert.Equal("9000", Verify(TestCards.Pin));
        Assert.Equal("63C3", Send("00200080"));
        Assert.Equal([2, 1, 3], saved);
    }

    [Fact]
    public void S0_5003_It_signs_after_the_PIN_and_only_until_the_power_goes_off()
    {
        Assert.Equal("6982", Sign());
        Send("00A4020C020018");
        Verify(TestCards.Pin);
        var signature = Convert.FromHexString(Sign());
        Assert.Equal(258, signature.Length);
        using var certificate = X509CertificateLoader.LoadCertificate(file.Certificate);
        using var key = certificate.GetRSAPublicKey()!;
        Assert.True(key.VerifyData("message"u8, signature.AsSpan(0, 256), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        card.PowerOff();
        Assert.Equal("6982", Sign());
    }

    [Theory]
    [InlineData("00", "6700")]
    [InlineData("00B0000005AA", "6700")]
    [InlineData("00D6000001FF", "6D00")]
    [InlineData("00CA0000", "6D00")]
    [InlineData("FFCA000000", "6E00")]
    [InlineData("00A4000002 3F00", "6A86")]
    public void S1_51_Nothing_else_is_answered_and_nothing_written(string command, string status)
    {
        Send(SelectApplication);
        Assert.Equal(status, Send(command.Replace(" ", "", StringComparison.Ordinal)));
    }

    private string Send(string hex) => Convert.ToHexString(card.Transmit(Convert.FromHexString(hex)));

    private string Verify(string pin) => Send("0020008004" + Convert.ToHexString(Encoding.ASCII.GetBytes(pin)));

    private string Sign()
    {
        Send(SelectApplication);
        Send("00A4020C020017");
        return Send("802A008033" + "3031300D060960864801650304020105000420" + Convert.ToHexString(SHA256.HashData("message"u8)) + "00");
    }
}
