using Microsoft.Extensions.DependencyInjection;
using MyKey.Identity;
using MyKey.Identity.Challenges;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Outbox;
using MyKey.Kernel.Settings;
using MyKey.Sandbox.Authority;
using MyKey.Tests.Identity.Certificates;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Challenges;

/// <summary>Goal: a telephone logs in the computer whose number its holder has read there, once, within 90 s; and no other.</summary>
public sealed class PhoneLinksTests
{
    private const string Origin = "http://mykey.localhost:5080", Cookie = "the pre-login cookie of the computer";

    private sealed class House : IAsyncDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("mykey-phone-").FullName;
        private readonly ServiceProvider services;

        private House(CertificateRig rig)
        {
            Rig = rig;
            services = new ServiceCollection()
                .AddSingleton(rig.Database).AddSingleton<TimeProvider>(rig.Clock).AddSingleton(rig.Rules).AddSingleton(Buckets.Default).AddSingleton<OperationLog>().AddSingleton<Outbox>().AddSettings()
                .AddIdentity(new IdentityOptions { KekFile = Path.Combine(folder, "kek"), PasswordIterations = 1000 }).BuildServiceProvider();
        }

        public CertificateRig Rig { get; }

        public PhoneLinks Links => services.GetRequiredService<PhoneLinks>();

        public LoginByCard Login => services.GetRequiredService<LoginByCard>();

        public OpenSessions Sessions => services.GetRequiredService<OpenSessions>();

        public static async Task<House> New(Engine engine) => new(await CertificateRig.WithLists(engine));

        /// <summary>From the QR code to what the card signs, as an honest telephone does.</summary>
        public async Task<(PhoneLink Link, CardChallenge Asked)> Chosen()
        {
            var link = await Links.Ask(Origin, Cookie);
            var opened = (await Links.Open(link.Link)).Value;
            return (link, (await Links.Choose(link.Link, opened.Phone, await Number(link))).Value);
        }

        public async Task<string> Number(PhoneLink link) => (await Links.Progress(link.Challenge, Cookie)).Number!;

        public Task<Result<string>> Answer(CardChallenge asked, SandboxCard card, Purpose? purpose = null) =>
            services.GetRequiredService<AnswerChallenge>().Signature(asked.Id, card.CertificateDer, card.Sign(ChallengeBytes.Of(purpose is null ? asked : asked with { Purpose = purpose })));

        public async Task<PhoneStep> Step(PhoneLink link, string cookie = Cookie) => (await Links.Progress(link.Challenge, cookie)).Step;

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            await Rig.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_2005_S1_10_a_telephone_signs_and_the_computer_is_in_once(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        var link = await house.Links.Ask(Origin, Cookie);
        Assert.Equal(PhoneStep.Shown, await house.Step(link));
        Assert.Null((await house.Links.Progress(link.Challenge, Cookie)).Number);
        var opened = (await house.Links.Open(link.Link)).Value;
        Assert.Equal((Origin, Purpose.Login), (opened.Origin, opened.Purpose));
        Assert.Equal(PhoneStep.Opened, await house.Step(link));
        var number = await house.Number(link);
        Assert.Matches("^[1-9][0-9]$", number);
        var asked = (await house.Links.Choose(link.Link, opened.Phone, $" {number} ")).Value;
        Assert.Equal((link.Challenge, Origin, Purpose.Login), (asked.Id, asked.Origin, asked.Purpose));
        Assert.Equal(PhoneStep.Signing, await house.Step(link));

        var code = await house.Answer(asked, card);
        Assert.True(code.Ok);
        Assert.Equal("auth_failed", (await house.Answer(asked, card)).Refused?.Code);
        Assert.Equal(PhoneStep.Answered, await house.Step(link));
        // The code stayed on the telephone: without the computer's cookie it opens nothing, and another computer's cookie does not either.
        Assert.Equal("auth_failed", (await house.Login.LoginByPhone(link.Challenge, "another computer's cookie")).Refused?.Code);
        var done = (await house.Login.LoginByPhone(link.Challenge, Cookie)).Value;
        Assert.Equal(Assurance.A3, (await house.Sessions.Find(done.SessionToken, SessionKind.Citizen)).Value.Assurance);
        Assert.Equal("auth_failed", (await house.Login.LoginByPhone(link.Challenge, Cookie)).Refused?.Code);
        Assert.Equal("auth_failed", (await house.Login.Login(code.Value, Cookie)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_2005_one_telephone_opens_it_once_and_a_wrong_number_ends_it(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        var link = await house.Links.Ask(Origin, Cookie);
        Assert.Equal("phone_link_unknown", (await house.Links.Open("not this link")).Refused?.Code);
        var opened = (await house.Links.Open(link.Link)).Value;
        Assert.Equal("phone_link_unknown", (await house.Links.Open(link.Link)).Refused?.Code);
        var number = await house.Number(link);
        Assert.Equal("phone_link_unknown", (await house.Links.Choose(link.Link, "another telephone", number)).Refused?.Code);
        Assert.Equal("phone_number_wrong", (await house.Links.Choose(link.Link, opened.Phone, number == "10" ? "11" : "10")).Refused?.Code);
        Assert.Equal("phone_link_unknown", (await house.Links.Choose(link.Link, opened.Phone, number)).Refused?.Code);
        var over = await house.Links.Progress(link.Challenge, Cookie);
        Assert.Equal((PhoneStep.Ended, "phone_number_wrong"), (over.Step, over.Why));
        // Its challenge is dead, too, whoever should have got hold of it.
        var stolen = new CardChallenge(link.Challenge, Origin, Purpose.Login, new byte[32], house.Rig.Clock.NowMs() + 1000, []);
        Assert.Equal([("why", (object?)"challenge")], (await house.Answer(stolen, card)).Refused!.Facts.Select(f => (f.Name, (object?)f.Value)));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_2005_too_late_is_too_late_at_every_step(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        var unopened = await house.Links.Ask(Origin, Cookie);
        var opened = await house.Links.Ask(Origin, Cookie);
        var phone = (await house.Links.Open(opened.Link)).Value.Phone;
        var number = await house.Number(opened);
        var (chosen, asked) = await house.Chosen();
        house.Rig.Clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal("phone_link_unknown", (await house.Links.Open(unopened.Link)).Refused?.Code);
        Assert.Equal("phone_link_unknown", (await house.Links.Choose(opened.Link, phone, number)).Refused?.Code);
        Assert.Equal("challenge_expired", (await house.Links.Progress(chosen.Challenge, Cookie)).Why);
        Assert.Equal("challenge_expired", (await house.Answer(asked, card)).Refused?.Code);
        // Answered in time, but nobody goes on at the computer.
        var (left, last) = await house.Chosen();
        Assert.True((await house.Answer(last, card)).Ok);
        house.Rig.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("auth_failed", (await house.Login.LoginByPhone(left.Challenge, Cookie)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_2005_a_signature_for_something_else_or_of_a_revoked_card_opens_nothing(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        using var revoked = CertificateRig.Authority.IssueRevoked();
        await house.Rig.LoadCurrent();
        var (first, asked) = await house.Chosen();
        Assert.Equal("auth_failed", (await house.Answer(asked, card, Purpose.StepUp)).Refused?.Code);
        Assert.Equal(PhoneStep.Ended, await house.Step(first));
        Assert.Equal("auth_failed", (await house.Login.LoginByPhone(first.Challenge, Cookie)).Refused?.Code);
        var (second, again) = await house.Chosen();
        Assert.Equal("cert_revoked", (await house.Answer(again, revoked)).Refused?.Code);
        Assert.Equal("auth_failed", (await house.Login.LoginByPhone(second.Challenge, Cookie)).Refused?.Code);
        Assert.Equal(PhoneStep.Ended, await house.Step(second, "another computer's cookie"));
    }

    [Fact]
    public async Task S0_5003_what_an_agent_answered_goes_on_with_its_code_only()
    {
        await using var house = await House.New(Engine.Sqlite);
        using var card = CertificateRig.Authority.Issue();
        var asked = await new AskCard(house.Rig.Database, house.Rig.Clock).Sign(new CardQuestion(Purpose.Login, Origin, Cookie, []));
        Assert.True((await house.Answer(asked, card)).Ok);
        Assert.Equal("auth_failed", (await house.Login.LoginByPhone(asked.Id, Cookie)).Refused?.Code);
    }
}
