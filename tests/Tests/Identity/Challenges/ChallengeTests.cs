using Microsoft.Extensions.DependencyInjection;
using MyKey.Identity;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
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

/// <summary>Goal: only the card that is here now, asked by this browser for this purpose, opens anything; and each answer counts once.</summary>
public sealed class ChallengeTests
{
    private const string Origin = "http://mykey.localhost:5080", Cookie = "the pre-login cookie of this browser";

    private sealed class House : IAsyncDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("mykey-challenge-").FullName;
        private readonly ServiceProvider services;

        private House(CertificateRig rig)
        {
            Rig = rig;
            services = new ServiceCollection()
                .AddSingleton(rig.Database).AddSingleton<TimeProvider>(rig.Clock).AddSingleton(rig.Rules).AddSingleton(Buckets.Default).AddSingleton<OperationLog>().AddSingleton<Outbox>().AddSettings()
                .AddIdentity(new IdentityOptions { KekFile = Path.Combine(folder, "kek"), PasswordIterations = 1000 }).BuildServiceProvider();
        }

        public CertificateRig Rig { get; }

        public static async Task<House> New(Engine engine) => new(await CertificateRig.WithLists(engine));

        public T Get<T>() where T : notnull => services.GetRequiredService<T>();

        public async Task<Result<string>> Answer(SandboxCard card, Purpose? purpose = null, string cookie = Cookie, IReadOnlyList<Detail>? details = null, string? binding = null, TerminalId? terminal = null)
        {
            var asked = await Get<AskCard>().Sign(new CardQuestion(purpose ?? Purpose.Login, Origin, cookie, details ?? [], binding, terminal));
            return await Get<AnswerChallenge>().Signature(asked.Id, card.CertificateDer, card.Sign(ChallengeBytes.Of(asked)));
        }

        public async Task<LoggedInByCard> Login(SandboxCard card) => (await Get<LoginByCard>().Login((await Answer(card)).Value, Cookie)).Value;

        public async Task<Session> Session(LoggedInByCard login) => (await Get<OpenSessions>().Find(login.SessionToken, SessionKind.Citizen)).Value;

        public async Task<CitizenId> Issue(SandboxCard card, string id = "MY123456") =>
            (await Get<IssueMyKeyId>().Issue(await Session(await Login(card)), IssueMode.Choose, id)).Value.Citizen;

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            await Rig.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5005a_a_card_logs_in_without_an_id_and_a_new_one_gets_an_id_first(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();

        var first = await house.Login(card);
        Assert.Null(first.Citizen);
        Assert.Equal("mykey_missing", (await house.Session(first)).RequireCitizen().Refused?.Code);
        var citizen = (await house.Get<IssueMyKeyId>().Issue(await house.Session(first), IssueMode.Choose, "MY123456")).Value.Citizen;
        Assert.Equal(citizen, (await house.Login(card)).Citizen);
        Assert.Equal(citizen, (await house.Session(first)).RequireCitizen().Value);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5003_a_replayed_or_altered_signature_fails_and_the_challenge_is_dead(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        using var other = CertificateRig.Authority.Issue();
        var answer = house.Get<AnswerChallenge>();
        Task<CardChallenge> Ask() => house.Get<AskCard>().Sign(new CardQuestion(Purpose.Login, Origin, Cookie, []));

        var replayed = await Ask();
        var signature = card.Sign(ChallengeBytes.Of(replayed));
        Assert.True((await answer.Signature(replayed.Id, card.CertificateDer, signature)).Ok);
        Assert.Equal("auth_failed", (await answer.Signature(replayed.Id, card.CertificateDer, signature)).Refused?.Code);
        Assert.Equal("auth_failed", (await answer.Signature((await Ask()).Id, card.CertificateDer, signature)).Refused?.Code);

        var altered = await Ask();
        var good = card.Sign(ChallengeBytes.Of(altered));
        Assert.Equal("auth_failed", (await answer.Signature(altered.Id, other.CertificateDer, good)).Refused?.Code);
        Assert.Equal("auth_failed", (await answer.Signature(altered.Id, card.CertificateDer, good)).Refused?.Code);

        foreach (var change in new Func<CardChallenge, CardChallenge>[]
        {
            c => c with { Origin = "http://evil.localhost:5080" }, c => c with { Purpose = Purpose.IssueId }, c => c with { ExpiresMs = c.ExpiresMs + 1 },
        })
        {
            var asked = await Ask();
            Assert.Equal("auth_failed", (await answer.Signature(asked.Id, card.CertificateDer, card.Sign(ChallengeBytes.Of(change(asked))))).Refused?.Code);
        }
        Assert.Equal("auth_failed", (await answer.Signature("nonsense", card.CertificateDer, good)).Refused?.Code);
        Assert.Equal("auth_failed", (await answer.Signature(null, card.CertificateDer, good)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5003_one_answer_sent_many_times_at_once_gives_one_code(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        var asked = await house.Get<AskCard>().Sign(new CardQuestion(Purpose.Login, Origin, Cookie, []));
        var signature = card.Sign(ChallengeBytes.Of(asked));
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => house.Get<AnswerChallenge>().Signature(asked.Id, card.CertificateDer, signature)));
        var code = Assert.Single(answers, a => a.Ok).Value;
        Assert.Equal(22, code.Length);
        var logins = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => house.Get<LoginByCard>().Login(code, Cookie)));
        Assert.Single(logins, l => l.Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5003_a_challenge_lives_90_seconds_its_code_60_and_only_with_its_cookie(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        var asked = await house.Get<AskCard>().Sign(new CardQuestion(Purpose.Login, Origin, Cookie, []));
        house.Rig.Clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal("challenge_expired", (await house.Get<AnswerChallenge>().Signature(asked.Id, card.CertificateDer, card.Sign(ChallengeBytes.Of(asked)))).Refused?.Code);

        var late = (await house.Answer(card)).Value;
        house.Rig.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("auth_failed", (await house.Get<LoginByCard>().Login(late, Cookie)).Refused?.Code);

        var stolen = (await house.Answer(card)).Value;
        Assert.Equal("auth_failed", (await house.Get<LoginByCard>().Login(stolen, "another browser's cookie")).Refused?.Code);
        Assert.Equal("auth_failed", (await house.Get<LoginByCard>().Login(stolen, Cookie)).Refused?.Code);
        Assert.Equal("auth_failed", (await house.Get<LoginByCard>().Login((await house.Answer(card)).Value, null)).Refused?.Code);
        Assert.True((await house.Get<LoginByCard>().Login((await house.Answer(card)).Value, Cookie)).Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1003_refusals_of_the_rules_come_through(Engine engine)
    {
        await using var house = await House.New(engine);
        using var expired = CertificateRig.Authority.IssueExpired();
        Assert.Equal("cert_expired", (await house.Answer(expired)).Refused?.Code);
        var asked = await house.Get<AskCard>().Sign(new CardQuestion(Purpose.Login, Origin, Cookie, []));
        Assert.Equal("cert_missing", (await house.Get<AnswerChallenge>().Signature(asked.Id, default, new byte[256])).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_tap_identifies_and_opens_no_session(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        var citizen = await house.Issue(card);
        var (terminal, token) = await Terminal(house);
        async Task<string> Tap() => (await house.Get<AnswerChallenge>().Tap((await house.Get<AskCard>().Tap(Origin, token, terminal.Id)).TapId, card.CertificateDer)).Value;

        Assert.Equal("auth_failed", (await house.Get<LoginByCard>().Login(await Tap(), token)).Refused?.Code);
        var shown = (await house.Get<CitizenTokens>().Find((await house.Get<ShowCard>().Show(terminal, await Tap(), token)).Value, terminal)).Value;
        Assert.Equal((citizen, Way.Tap), (shown.Citizen.Id, shown.Way));
        Assert.Equal("auth_failed", (await house.Get<ShowCard>().Show(terminal, await Tap(), "another terminal's token")).Refused?.Code);
        Assert.Equal("auth_failed", (await house.Get<ShowCard>().Show(terminal, (await house.Answer(card, cookie: token, terminal: terminal.Id)).Value, token)).Refused?.Code);

        var tap = await house.Get<AskCard>().Tap(Origin, token, terminal.Id);
        Assert.Equal("auth_failed", (await house.Get<AnswerChallenge>().Signature(tap.TapId, card.CertificateDer, new byte[256])).Refused?.Code);
        var question = await house.Get<AskCard>().Sign(new CardQuestion(Purpose.Login, Origin, Cookie, []));
        Assert.Equal("auth_failed", (await house.Get<AnswerChallenge>().Tap(question.Id, card.CertificateDer)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A4_a_payments_signature_serves_that_payment_alone(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        using var stranger = CertificateRig.Authority.Issue();
        var citizen = await house.Issue(card);
        var (terminal, token) = await Terminal(house);
        var details = Purpose.UsePoints.Details.Select((label, i) => new Detail(label, $"{i},000ポイント=")).ToList();
        async Task<string> Sign(SandboxCard by) => (await house.Answer(by, Purpose.UsePoints, token, details, "trf_1", terminal.Id)).Value;

        Assert.Equal("auth_failed", (await house.Get<LoginByCard>().Login(await Sign(card), token)).Refused?.Code);
        Assert.Equal("mykey_missing", (await house.Get<ShowCard>().Show(terminal, await Sign(stranger), token)).Refused?.Code);
        var proof = (await house.Get<UseCardCode>().Use(await Sign(card), token)).Value;
        Assert.Equal((Assurance.A4, "trf_1"), (proof.Assurance, proof.Binding));
        Assert.Equal(details, proof.Details);
        var shown = (await house.Get<CitizenTokens>().Find((await house.Get<ShowCard>().Show(terminal, await Sign(card), token)).Value, terminal)).Value;
        Assert.Equal((citizen, Way.Signature, "trf_1"), (shown.Citizen.Id, shown.Way, shown.Binding));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_rise_to_A3_is_a_new_session_of_the_same_person(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        using var other = CertificateRig.Authority.Issue();
        await house.Issue(card);
        await house.Issue(other, "OTHER123");
        var before = (await house.Login(card)).SessionToken;
        async Task<Result<LoggedInByCard>> StepUp(SandboxCard by, string? session) => await house.Get<LoginByCard>().Login((await house.Answer(by, Purpose.StepUp)).Value, Cookie, session);

        Assert.Equal("auth_failed", (await StepUp(other, before)).Refused?.Code);
        Assert.Equal("login_required", (await StepUp(card, null)).Refused?.Code);
        var risen = (await StepUp(card, before)).Value;
        Assert.NotEqual(before, risen.SessionToken);
        Assert.False((await house.Get<OpenSessions>().Find(before, SessionKind.Citizen)).Ok);
        Assert.Equal(Assurance.A3, (await house.Session(risen)).Assurance);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022a_a_suspended_citizen_is_refused_by_card_login_and_tap(Engine engine)
    {
        await using var house = await House.New(engine);
        using var card = CertificateRig.Authority.Issue();
        await house.Issue(card);
        var (terminal, token) = await Terminal(house);
        var member = new StaffMember(Ids.New<StaffId>(house.Rig.Clock), "OP-1", StaffState.Active, [new GivenRole(Role.Operator, null)]);
        Assert.True((await house.Get<SuspendCitizen>().Suspend(member, MyKeyId.Read("MY123456").Value, "届け出")).Ok);

        Assert.Equal("id_suspended", (await house.Get<LoginByCard>().Login((await house.Answer(card)).Value, Cookie)).Refused?.Code);
        var tap = (await house.Get<AnswerChallenge>().Tap((await house.Get<AskCard>().Tap(Origin, token, terminal.Id)).TapId, card.CertificateDer)).Value;
        Assert.Equal("id_suspended", (await house.Get<ShowCard>().Show(terminal, tap, token)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_15a_two_cards_in_turn_on_one_device_both_log_in(Engine engine)
    {
        await using var house = await House.New(engine);
        using var one = CertificateRig.Authority.Issue();
        using var two = CertificateRig.Authority.Issue();
        var (a, b) = (await house.Issue(one), await house.Issue(two, "OTHER123"));
        var first = await house.Login(one);
        var second = (await house.Get<LoginByCard>().Login((await house.Answer(two)).Value, Cookie, first.SessionToken)).Value;
        Assert.Equal((a, b), (first.Citizen!.Value, second.Citizen!.Value));
        Assert.False((await house.Get<OpenSessions>().Find(first.SessionToken, SessionKind.Citizen)).Ok);
    }

    private static async Task<(Terminal Terminal, string Token)> Terminal(House house)
    {
        var admin = new StaffMember(Ids.New<StaffId>(house.Rig.Clock), "A-1", StaffState.Active, [new GivenRole(Role.TerminalAdmin, People.ACity)]);
        var registered = (await house.Get<RegisterTerminal>().Register(admin, new NewTerminal(People.ACity, null, "レジ1", [TerminalProfile.Shop]))).Value;
        var token = (await house.Get<EnrolTerminal>().Enrol(registered.Code, "204816", new MyKey.Identity.Passwords.ClientNetwork("192.0.2.0/24"))).Value.Token;
        return ((await house.Get<FindTerminal>().ByToken(token)).Value, token);
    }
}
