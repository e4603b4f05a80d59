using MyKey.Identity.Mail;

namespace MyKey.Tests.Identity.Mail;

/// <summary>Goal: any provider's address is good; what is none is refused before anything is sent.</summary>
public class MailboxTests
{
    [Theory]
    [InlineData("somebody@mail.example"), InlineData("so..me.body.@mail.example"), InlineData("a+b_c-d@sub.mail.co.example"), InlineData("　ＡＢＣ＠ｍａｉｌ．ｅｘａｍｐｌｅ　"), InlineData("0901234@mail.example")]
    public void S0_5004a_any_provider_is_good(string typed) => Assert.True(Mailbox.Read(typed).Ok);

    [Theory]
    [InlineData(""), InlineData(null), InlineData("a"), InlineData("a@b"), InlineData("@mail.example"), InlineData("a@mail..example"), InlineData("a@-mail.example"), InlineData("a b@mail.example")]
    [InlineData("a@mail.example\r\nBcc: b@mail.example"), InlineData("a@b@mail.example"), InlineData("a@mail.123"), InlineData("<a@mail.example>"), InlineData("a@mail.example,b@mail.example")]
    public void S0_5004a_what_is_no_address_is_refused(string? typed) => Assert.Equal("mail_format", Mailbox.Read(typed).Refused?.Code);

    /// <summary>64 before the sign and names of 63 at most are good each by itself: only the sum is too long.</summary>
    [Theory, InlineData(57, true), InlineData(58, false)]
    public void S0_5004a_it_is_no_longer_than_mails_can_carry(int third, bool good) =>
        Assert.Equal(good, Mailbox.Read($"{new string('a', 64)}@{new string('b', 63)}.{new string('c', 63)}.{new string('d', third)}.jpn").Ok);

    [Fact]
    public void K_15_its_text_is_not_the_address() => Assert.DoesNotContain("somebody", $"{Mailbox.Read("somebody@mail.example")} {Mailbox.Read("somebody@mail.example").Value}", StringComparison.Ordinal);

    [Fact]
    public void Large_letters_make_no_other_mailbox() => Assert.Equal(Mailbox.Read("A@mail.example").Value, Mailbox.Read("a@MAIL.example").Value);
}
