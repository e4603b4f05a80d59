using System.Text;
using MyKey.CardAgent;
using MyKey.CardAgent.Device;
using MyKey.CardAgent.Sip;
using MyKey.Kernel;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent.Sip;

/// <summary>Goal: messages are read and answered as SIP 2.00 says, and no field but the four that are needed gets in.</summary>
public class SipTalkTests
{
    private const string Date = "20171215    093000";

    private int asked;

    [Theory]
    [InlineData("96AZ", "FEF6")]
    [InlineData("97AZ", "FEF5")]
    [InlineData("9900302.00AY1AZ", "FCA5")]
    public void S2_P9d_the_check_sum_is_the_standards(string text, string sum) => Assert.Equal(sum, SipChecksum.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public async Task S2_P9d_a_patron_status_has_its_fixed_part_and_its_required_fields_and_no_name()
    {
        var answer = await Say(SipClient.PatronStatus("", "BPx|XYz|"));
        Assert.Equal($"24{new string(' ', 14)}001", answer[..19]);
        Assert.Matches("^[0-9]{8}    [0-9]{6}$", answer[19..37]);
        Assert.Equal("AOA1|AA789145|AE|BLY|", answer[37..]);
    }

    [Fact]
    public async Task S2_P9d_a_patron_information_says_nothing_of_loans()
    {
        var answer = await Say(SipClient.PatronInformation(""));
        Assert.Equal($"64{new string(' ', 14)}001", answer[..19]);
        Assert.Equal($"{new string(' ', 24)}AOA1|AA789145|AE|BLY|", answer[37..]);
    }

    [Theory]
    [InlineData("789145", "Y")]
    [InlineData(" 789145 ", "Y")]
    [InlineData("456578", "N")]
    public async Task S2_P9d_a_number_that_is_asked_for_has_to_be_the_cards(string patron, string valid)
    {
        var answer = await Say(SipClient.PatronStatus(patron));
        Assert.Equal(valid, SipClient.Field(answer, 35, "BL"));
        Assert.Equal(valid == "Y" ? "789145" : "", SipClient.Field(answer, 35, "AA"));
        if (valid == "N") Assert.Equal(("YYYY          ", "NUMBER NOT OF CARD"), (answer[2..16], SipClient.Field(answer, 35, "AF")));
    }

    [Fact]
    public async Task S2_P9d_without_a_card_the_screen_message_says_why_in_ASCII_or_Japanese()
    {
        NumberAnswer none = new(null, Sentences.Of(Refusal.Of("card_missing")));
        Assert.Equal("CARD MISSING", SipClient.Field(await Say(SipClient.PatronStatus(""), none), 35, "AF"));
        var japanese = await Say(SipClient.PatronStatus(""), none, new AgentOptions { SipUtf8 = true });
        Assert.Equal("カードが見つかりません。カードを置いてください", SipClient.Field(japanese, 35, "AF"));
        Assert.Equal(("N", ""), (SipClient.Field(japanese, 35, "BL"), SipClient.Field(japanese, 35, "AA")));
    }

    [Fact]
    public async Task S2_P9d_the_status_tells_what_is_supported()
    {
        var answer = await Say(SipClient.Status);
        Assert.Equal("98YNNNNN300003", answer[..14]);
        Assert.Equal("2.00AO|BXYNNNYYYYNNNNNNNN|", answer[32..]);
    }

    [Fact]
    public async Task S2_P9d_error_detection_is_answered_in_kind_and_a_wrong_sum_is_asked_for_again()
    {
        var talk = Talk();
        var sealedOne = SipClient.Sealed(SipClient.PatronStatus("") + "AY7AZ");
        var answer = await Say(talk, sealedOne);
        Assert.Equal("AY7AZ", answer[^9..^4]);
        Assert.Equal("96AZFEF6", await Say(talk, sealedOne[..^1] + (sealedOne[^1] == '0' ? '1' : '0')));
        Assert.Equal("96AZFEF6", await Say(talk, sealedOne.Replace("001", "002", StringComparison.Ordinal)));
        // The other side heard the answer badly: the same once more, without asking the platform again.
        Assert.Equal(answer, await Say(talk, "97AZFEF5"));
        Assert.Equal(1, asked);
        Assert.False(talk.Over);
    }

    [Fact]
    public async Task S2_P9d_what_is_no_message_is_asked_for_again_and_three_in_a_row_end_the_line()
    {
        var talk = Talk();
        Assert.Equal("96AZFEF6", await Say(talk, "97"));
        Assert.Equal("96AZFEF6", await Say(talk, $"11YN{Date}{Date}AOA1|AA1|AB2|AC|"));
        Assert.False(talk.Over);
        await Say(talk, SipClient.Status);
        foreach (var line in new[] { "GET / HTTP/1.1", "2", "23001" + Date[..^1] }) Assert.Equal("96AZFEF6", await Say(talk, line));
        Assert.True(talk.Over);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task S2_P9d_where_a_login_is_set_nothing_is_told_before_it()
    {
        var options = new AgentOptions { SipUser = "library", SipPassword = "open-sesame-1873" };
        var talk = Talk(options: options);
        Assert.Equal("", await Say(talk, SipClient.PatronStatus("")));
        Assert.True(talk.Over);
        Assert.Equal(0, asked);
        talk = Talk(options: options);
        Assert.Equal("940", await Say(talk, SipClient.Login("library", "x")));
        Assert.True(talk.Over);
        talk = Talk(options: options);
        Assert.Equal("941", await Say(talk, SipClient.Login("library", "open-sesame-1873")));
        Assert.Equal("Y", SipClient.Field(await Say(talk, SipClient.PatronStatus("")), 35, "BL"));
        // Where none is set, any will do: who may open the line is told by the machine.
        Assert.Equal("941", await Say(SipClient.Login("", "")));
    }

    [Fact]
    public void S0_3005_what_is_lent_is_dropped_where_a_message_is_read()
    {
        var read = SipRequest.Read(Encoding.ASCII.GetBytes(SipClient.PatronStatus("1", "AB9784000000000|AJtitle|CHx|")))!;
        Assert.Equal(["", "", "A1", "1"], [read.User, read.Password, read.Institution, read.Patron]);
        Assert.DoesNotContain("978", read.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S2_P9d_lines_end_with_CR_LF_or_both_and_are_bounded()
    {
        using var three = new MemoryStream(Encoding.ASCII.GetBytes("a\rb\nc\r\n\r\n\rd\re"));
        var lines = new SipLines(three);
        foreach (var line in new[] { "a", "b", "c", "d" }) Assert.Equal(line, Encoding.ASCII.GetString((await lines.Next(default))!));
        Assert.Null(await lines.Next(default));
        using var longest = new MemoryStream([.. new byte[SipLines.Longest - 1], (byte)'\r']);
        Assert.Equal(SipLines.Longest - 1, (await new SipLines(longest).Next(default))!.Length);
        using var longer = new MemoryStream([.. new byte[SipLines.Longest], (byte)'\r']);
        Assert.Null(await new SipLines(longer).Next(default));
    }

    private SipTalk Talk(NumberAnswer? answer = null, AgentOptions? options = null) => new(options ?? new AgentOptions(), _ =>
    {
        asked++;
        return Task.FromResult(answer ?? new NumberAnswer("789145", null));
    }, new TestClock());

    private Task<string> Say(string line, NumberAnswer? answer = null, AgentOptions? options = null) => Say(Talk(answer, options), line);

    private static async Task<string> Say(SipTalk talk, string line)
    {
        var answer = Encoding.UTF8.GetString(await talk.Answer(Encoding.UTF8.GetBytes(line), default));
        if (answer.Length > 0) Assert.Equal(answer.Length - 1, answer.IndexOf('\r', StringComparison.Ordinal));
        return answer.TrimEnd('\r');
    }
}
