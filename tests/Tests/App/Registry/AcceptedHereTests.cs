using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Registry;

/// <summary>Goal: a municipality decides where its points pay, and its word is felt within a second (S2-P6c, S0-5018).</summary>
public class AcceptedHereTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P6c_only_what_the_issuer_has_allowed(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var (own, other) = (await house.Shop(RegistryHouse.A), await house.Shop(RegistryHouse.B));
        var museum = await house.Shop(RegistryHouse.A, "museum");
        Assert.Equal("not_accepted_here", (await house.Cache.AcceptedHere(RegistryHouse.A, own)).Refused?.Code);

        await house.Usage.ForKind(RegistryHouse.A, "shop", UsageArea.Own, RegistryHouse.Operator);
        Assert.Equal(own, (await house.Cache.AcceptedHere(RegistryHouse.A, own)).Value.Id);
        Assert.False((await house.Cache.AcceptedHere(RegistryHouse.A, other)).Ok);
        Assert.False((await house.Cache.AcceptedHere(RegistryHouse.A, museum)).Ok);
        Assert.False((await house.Cache.AcceptedHere(RegistryHouse.B, own)).Ok);

        await house.Usage.ForAcceptor(RegistryHouse.A, other, true, RegistryHouse.Operator);
        await house.Usage.ForAcceptor(RegistryHouse.A, own, false, RegistryHouse.Operator);
        Assert.True((await house.Cache.AcceptedHere(RegistryHouse.A, other)).Ok);
        Assert.False((await house.Cache.AcceptedHere(RegistryHouse.A, own)).Ok);

        await house.Usage.ForAcceptor(RegistryHouse.A, own, null, RegistryHouse.Operator);
        Assert.True((await house.Cache.AcceptedHere(RegistryHouse.A, own)).Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_14_before_the_first_day_of_use_its_points_pay_nowhere(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var (shop, day, purse) = (await house.Shop(RegistryHouse.A), new DateOnly(2030, 4, 1), new Purse(RegistryHouse.A));
        await house.Usage.ForKind(RegistryHouse.A, "shop", UsageArea.Own, RegistryHouse.Operator);
        Assert.Equal(day, (await house.ChangeMunicipality.UseFrom(RegistryHouse.A, day, RegistryHouse.Operator)).Value.UseFrom);
        // Whatever else is changed leaves the day as it is.
        await house.ChangeMunicipality.Run(new(RegistryHouse.A, "春のポイント", IssuerKind.Public, null, 12, MunicipalityState.Live, RegistryHouse.Operator));

        var view = await house.Cache.View();
        Assert.Equal("not_started", view.TakenHere(purse, shop, day.AddDays(-1)).Refused?.Code);
        Assert.True(view.TakenHere(purse, shop, day).Ok);
        Assert.Equal("municipality_unknown", (await house.ChangeMunicipality.UseFrom(MunicipalityCode.Of("011002"), day, RegistryHouse.Operator)).Refused?.Code);
        Assert.Null((await house.ChangeMunicipality.UseFrom(RegistryHouse.A, null, RegistryHouse.Operator)).Value.UseFrom);
        Assert.True((await house.Cache.View()).TakenHere(purse, shop, day.AddDays(-1)).Ok);
    }

    [Theory]
    [InlineData(UsageArea.None, "132985", "132985", false)]
    [InlineData(UsageArea.Own, "132985", "132985", true)]
    [InlineData(UsageArea.Own, "132985", "134988", false)]
    [InlineData(UsageArea.Own, "140007", "141305", true)] // S2-P14b: a prefecture's own area is the prefecture
    [InlineData(UsageArea.Own, "140007", "134988", false)]
    [InlineData(UsageArea.Prefecture, "132985", "134988", true)]
    [InlineData(UsageArea.Prefecture, "132985", "141305", false)]
    [InlineData(UsageArea.Anywhere, "132985", "141305", true)]
    public async Task An_area_is_counted_from_the_issuer(UsageArea area, string issuer, string place, bool accepted)
    {
        await using var house = await RegistryHouse.Furnished(Engine.Sqlite);
        var shop = await house.Shop(MunicipalityCode.Of(place));
        await house.Usage.ForKind(MunicipalityCode.Of(issuer), "shop", area, RegistryHouse.Operator);
        Assert.Equal(accepted, (await house.Cache.AcceptedHere(MunicipalityCode.Of(issuer), shop)).Ok);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5018_another_process_follows_within_a_second(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        using var other = new RegistryCache(house.Database, house.Clock);
        Assert.Equal(4, (await other.View()).Municipalities.Count());
        var shop = await house.Shop(RegistryHouse.A);
        await house.Usage.ForKind(RegistryHouse.A, "shop", UsageArea.Own, RegistryHouse.Operator);
        house.Clock.Advance(999);
        Assert.True((await other.AcceptedHere(RegistryHouse.A, shop)).Ok);

        await house.ChangeAcceptor.Run(new(shop, "売店", AcceptorState.Suspended, null, RegistryHouse.Operator));
        Assert.False((await house.Cache.AcceptedHere(RegistryHouse.A, shop)).Ok);
        house.Clock.Advance(999);
        Assert.False((await other.AcceptedHere(RegistryHouse.A, shop)).Ok);
        Assert.Equal(4, (await other.View()).Municipalities.Count());
    }

    [Fact]
    public async Task S0_4040_no_clinic_is_registered_or_allowed()
    {
        await using var house = await RegistryHouse.Furnished(Engine.Sqlite);
        Assert.Equal("acceptor_type_forbidden", (await house.Register.Run(new(Ids.New<AcceptorId>(house.Clock), RegistryHouse.A, "clinic", "試し", RegistryHouse.Operator))).Refused?.Code);
        Assert.Equal("acceptor_type_forbidden", (await house.Usage.ForKind(RegistryHouse.A, "clinic", UsageArea.Own, RegistryHouse.Operator)).Refused?.Code);
        Assert.Empty((await house.Cache.View()).Acceptors);
    }

    [Fact]
    public void S0_1005_S2_P3g_the_kinds_that_take_points()
    {
        string[] named = ["shop", "museum", "public_facility", "support_event", "online_shop", "crowdfunding", "public_transport", "antenna_shop", "tourist_office"];
        Assert.All(named, kind => Assert.True(AcceptorKind.Find(kind).Ok));
        Assert.Equal("field_unknown", AcceptorKind.Find("casino").Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_same_registration_answers_again_and_another_under_its_id_is_refused(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var entry = new RegisterAcceptor.Entry(Ids.New<AcceptorId>(house.Clock), RegistryHouse.A, "shop", " 売店 ", RegistryHouse.Operator);
        var first = (await house.Register.Run(entry)).Value;
        Assert.Equal("売店", first.Name);
        Assert.Equal(first, (await house.Register.Run(entry)).Value);
        Assert.Equal("id_reused", (await house.Register.Run(entry with { Kind = "museum" })).Refused?.Code);
        Assert.Equal("municipality_unknown", (await house.Register.Run(entry with { Id = Ids.New<AcceptorId>(house.Clock), Municipality = MunicipalityCode.Of("131164") })).Refused?.Code);
        await using var connection = await house.Database.Open();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action = 'acceptor.registered'"));
    }

    [Theory]
    [InlineData("", "field_required")]
    [InlineData("  ", "field_required")]
    [InlineData("a\nb", "field_unknown")]
    [InlineData("123456789018", "my_number_refused")]
    [InlineData("4111 1111 1111 1111", "pan_refused")] // S0-1020a
    public async Task S0_1020a_a_name_is_a_name(string name, string code)
    {
        await using var house = await RegistryHouse.Furnished(Engine.Sqlite);
        Assert.Equal(code, (await house.Register.Run(new(Ids.New<AcceptorId>(house.Clock), RegistryHouse.A, "shop", name, RegistryHouse.Operator))).Refused?.Code);
    }

    [Fact]
    public async Task Asking_makes_no_garbage()
    {
        await using var house = await RegistryHouse.Furnished(Engine.Sqlite);
        var shop = await house.Shop(RegistryHouse.A);
        await house.Usage.ForKind(RegistryHouse.A, "shop", UsageArea.Own, RegistryHouse.Operator);
        var view = await house.Cache.View();
        view.AcceptedHere(RegistryHouse.A, shop);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) view.AcceptedHere(i % 2 == 0 ? RegistryHouse.A : RegistryHouse.B, shop);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
