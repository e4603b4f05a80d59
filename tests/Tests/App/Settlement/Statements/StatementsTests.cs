using System.Net.Http.Json;
using MyKey.App.Settlement;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Settlement.SettledTown;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: a partner's statement says what is owed to which municipality, what was paid and put right, and a closed one stays as it was.</summary>
public class StatementsTests
{
    private const string Office = "/api/v1/office/settlement", Platform = "/api/v1/operator/settlement";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8a_S2_P12c_Z2_opening_exchanged_corrected_and_paid_make_what_is_due(Engine engine)
    {
        await using var town = await Open(engine);
        await town.Exchange(1_000);
        await town.Exchange(70, Residents.B);
        await town.Close(2018, 1, 5);
        await town.Exchange(200);
        using var officer = await town.Officer(Role.Officer, Role.Approver);
        using var second = await town.Officer(Role.Approver);
        using var other = await town.Coupons.Other();
        var before = (await officer.GetFromJsonAsync<StatementReply[]>($"{Office}/months/2017-12/statements"))!;
        Assert.Equal(new StatementReply("2017-12", CouponTown.Card, Residents.A.Value, 0, 1_000, 0, 0, 0, 1_000, 1, null, null), before.Single());

        var paid = new WantedPayment(Guid.CreateVersion7(), CouponTown.Card, null, 600, town.Clock.Today(), "銀行 0105-12");
        await Refused("yen_format", officer.PostAsJsonAsync($"{Office}/payments", paid with { Amount = -600 }));
        await Refused("out_of_period", officer.PostAsJsonAsync($"{Office}/payments", paid with { Day = town.Clock.Today().AddDays(1) }));
        await Refused("not_found", officer.PostAsJsonAsync($"{Office}/payments", paid with { Partner = "nobody" }));
        await Refused("role_forbidden", second.PostAsJsonAsync($"{Office}/payments", paid));
        Assert.Equal("waiting", (await Ok<PartnerPaymentReply>(officer.PostAsJsonAsync($"{Office}/payments", paid))).State);
        await Ok<PartnerPaymentReply>(officer.PostAsJsonAsync($"{Office}/payments", paid));
        await Refused("id_reused", officer.PostAsJsonAsync($"{Office}/payments", paid with { Amount = 601 }));
        await Refused("four_eyes", officer.PostAsync($"{Office}/payments/{paid.Id}/book", null));
        Assert.Equal("2018-01", (await Ok<PartnerPaymentReply>(second.PostAsync($"{Office}/payments/{paid.Id}/book", null))).BookMonth);
        await Refused("not_found", second.PostAsync($"{Office}/payments/{paid.Id}/book", null));
        using var platform = await town.Operator();
        var wrong = new WantedPayment(Guid.CreateVersion7(), CouponTown.Card, Residents.A.Value, -50, town.Clock.Today(), "二重の交換");
        await Ok<PartnerPaymentReply>(platform.PostAsJsonAsync($"{Platform}/corrections", wrong));
        await Refused("four_eyes", platform.PostAsync($"{Platform}/corrections/{wrong.Id}/book", null));
        await Ok<PartnerPaymentReply>(other.PostAsync($"{Platform}/corrections/{wrong.Id}/book", null));
        var dropped = paid with { Id = Guid.CreateVersion7(), Amount = 5 };
        await Ok<PartnerPaymentReply>(officer.PostAsJsonAsync($"{Office}/payments", dropped));
        Assert.True(await Ok<bool>(officer.PostAsync($"{Office}/payments/{dropped.Id}/withdraw", null)));
        await Refused("not_found", second.PostAsync($"{Office}/payments/{dropped.Id}/book", null));

        await town.Close(2018, 2, 5);
        using var later = await town.Again("A-1");
        Assert.Equal(before, (await later.GetFromJsonAsync<StatementReply[]>($"{Office}/months/2017-12/statements"))!);
        Assert.Equal(new StatementReply("2018-01", CouponTown.Card, Residents.A.Value, 1_000, 200, 0, -50, 600, 550, 1, null, null), (await later.GetFromJsonAsync<StatementReply[]>($"{Office}/months/2018-01/statements"))!.Single());
        await town.Close(2018, 3, 5);
        using var last = await town.Operator();
        Assert.Equal([(Residents.A.Value, 550L, 550L), (Residents.B.Value, 70L, 70L)], (await last.GetFromJsonAsync<StatementReply[]>($"{Platform}/months/2018-02/statements"))!.Select(s => (s.Municipality, s.Opening, s.Due)));
        await town.MustHold();
    }

    [Fact]
    public async Task S2_P8a_a_partner_reads_its_own_statements_with_its_key_and_confirms_or_disputes_them()
    {
        await using var town = await Open();
        (await town.Officer(Role.Officer)).Dispose();
        using var machine = await town.Coupons.Machine();
        await town.Exchange(1_000);
        await town.Exchange(70, Residents.B);
        await town.Close(2018, 1, 5);

        var own = (await machine.GetFromJsonAsync<StatementReply[]>("/api/v1/partner/statements/2017-12"))!;
        Assert.Equal([(Residents.A.Value, 1_000L), (Residents.B.Value, 70L)], own.Select(s => (s.Municipality, s.Due)));
        await Refused("month_not_closed", machine.GetAsync("/api/v1/partner/statements/2018-01"));
        Assert.Equal("confirmed", (await Ok<StatementReply>(machine.PostAsync($"/api/v1/partner/statements/2017-12/{Residents.A}/confirm", null))).Answer);
        Assert.Equal(("disputed", "70ではない"), (await Ok<StatementReply>(machine.PostAsJsonAsync($"/api/v1/partner/statements/2017-12/{Residents.B}/dispute", new ReasonRequest("70ではない")))) is var s ? (s.Answer, s.Note) : default);
        await Refused("field_required", machine.PostAsJsonAsync($"/api/v1/partner/statements/2017-12/{Residents.B}/dispute", new ReasonRequest(null)));
        await Refused("not_found", machine.PostAsync($"/api/v1/partner/statements/2017-12/{Residents.C}/confirm", null));
        using var nobody = town.Town.App.Client();
        Assert.False((await nobody.GetAsync("/api/v1/partner/statements/2017-12")).IsSuccessStatusCode);
        using var officer = await town.Again("A-1");
        Assert.Contains("確認ずみ", await officer.GetStringAsync("/office/settlement/2017-12"), StringComparison.Ordinal);
        Assert.Contains("あおばカード,132985,0,1000,0,0,0,1000,1,確認ずみ", await officer.GetStringAsync("/office/settlement/2017-12?handler=Statements"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6e_a_partner_is_told_into_which_account_it_pays_once_two_officers_have_said_so(Engine engine)
    {
        await using var town = await Open(engine);
        (await town.Officer(Role.Officer)).Dispose();
        (await town.Officer(Role.Approver)).Dispose();
        using var machine = await town.Coupons.Machine();
        await town.Exchange(1_000);
        await town.Exchange(70, Residents.B);
        await town.Close(2018, 1, 5);
        using var officer = await town.Again("A-1");
        using var second = await town.Again("A-2");
        const string Statements = "/api/v1/partner/statements/2017-12";
        async Task<(PayIntoReply?, PayIntoReply?)> Told() => await machine.GetFromJsonAsync<StatementReply[]>(Statements) is [var a, var b] ? (a.PayInto, b.PayInto) : throw new InvalidOperationException("two statements");

        var wanted = new WantedAccount(Guid.CreateVersion7(), null, null, new BankAccountEntry("0001", "あおい", "002", "ホンテン", "current", "123", "エーシ"), "42", "エーシ");
        await Ok<KeptAccountReply>(officer.PostAsJsonAsync($"{Office}/accounts", wanted));
        Assert.Equal<(PayIntoReply?, PayIntoReply?)>((null, null), await Told());
        await Ok<KeptAccountReply>(second.PostAsync($"{Office}/accounts/{wanted.Id}/approve", null));

        var into = new PayIntoReply("0001", "ｱｵｲ", "002", "ﾎﾝﾃﾝ", "current", "0000123", "ｴ-ｼ");
        Assert.Equal<(PayIntoReply?, PayIntoReply?)>((into, null), await Told());
        Assert.Equal(into, (await Ok<StatementReply>(machine.PostAsync($"{Statements}/{Residents.A}/confirm", null))).PayInto);
        // An office reads its own statement and nobody's account in it.
        Assert.All((await officer.GetFromJsonAsync<StatementReply[]>($"{Office}/months/2017-12/statements"))!, s => Assert.Null(s.PayInto));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P8f_S2_P8g_costs_are_split_by_who_pays_for_the_points(Engine engine)
    {
        await using var town = await Open(engine);
        var (payer, limits) = (new ProgrammeId(Guid.CreateVersion7()), town.Get<Limits>());
        await town.Town.App.Database.Write(tx => limits.SetTotal(tx, LimitId.Budget(payer), new Points(10_000)));
        await town.Exchange(300);
        town.Clock.Jump(TimeSpan.FromDays(1));
        await town.Town.Grant(town.Citizen, 1_000, 300);
        await town.Use(500);
        Assert.True((await limits.Post(LimitId.Budget(payer), Transfer.Voucher(town.Id(), town.Citizen, Residents.A, new Points(400), town.Town.Shop, Actor.Job("town")).WithPremium(payer, new Points(40)))).Ok);
        await town.Close(2018, 1, 5);

        using var officer = await town.Officer(Role.Officer);
        var costs = (await officer.GetFromJsonAsync<CostReply[]>($"{Office}/months/2017-12/costs"))!.ToDictionary(c => c.PaidTo);
        Assert.Equal(new CostReply("acceptor", 300, 200, 0), costs["acceptor"]);
        Assert.Equal(new CostReply("voucher_desk", 0, 400, 40), costs["voucher_desk"]);
        Assert.Contains("商品券の窓口,0,400,40,440", await officer.GetStringAsync("/office/settlement/2017-12?handler=Costs"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S2_P8a_two_people_book_a_payment_on_the_pages_of_the_office()
    {
        await using var town = await Open();
        await town.Exchange(1_000);
        await town.Close(2018, 1, 5);
        // January is over and not closed yet: what is booked is January's.
        town.Clock.Jump(TimeSpan.FromDays(29));
        using var officer = await town.Officer(Role.Officer);
        using var second = await town.Officer(Role.Approver);
        const string Page = "/office/settlement/payments";
        var id = Guid.CreateVersion7();
        var bad = await town.Town.App.Submit(officer, Page, Page, ("Change", id.ToString()), ("Partner", CouponTown.Card), ("Amount", "many"), ("Day", "2018-01-04"), ("Note", "銀行 12"));
        Assert.Equal(422, (int)bad.StatusCode);
        var sent = await town.Town.App.Submit(officer, Page, Page, ("Change", id.ToString()), ("Partner", CouponTown.Card), ("Amount", "1,000"), ("Day", "2018-01-04"), ("Note", "銀行 12"));
        Assert.Equal($"{Page}?saved=waiting", sent.Headers.Location?.ToString());
        Assert.DoesNotContain("handler=Book", await officer.GetStringAsync(Page), StringComparison.Ordinal);
        var booked = await town.Town.App.Submit(second, Page, $"{Page}?handler=Book", ("payment", id.ToString()));
        Assert.Equal($"{Page}?saved=booked", booked.Headers.Location?.ToString());
        Assert.Contains("2018年1月の精算書", await officer.GetStringAsync(Page), StringComparison.Ordinal);
        using var platform = await town.Operator();
        Assert.Contains("交換の訂正", await platform.GetStringAsync("/operator/settlement/corrections"), StringComparison.Ordinal);
    }
}
