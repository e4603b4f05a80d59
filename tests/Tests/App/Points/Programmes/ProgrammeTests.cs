using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Registry;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Programmes;

/// <summary>Goal: a programme of a live issuer grants within its dates, with a validity of its own or its municipality's (S0-1006b, S4-14).</summary>
public class ProgrammeTests
{
    private static readonly DateOnly From = new(2030, 4, 1);
    private static readonly DateOnly Until = new(2031, 3, 31);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1006b_a_programme_opens_once_and_closes(Engine engine)
    {
        await using var house = await Live(engine);
        var open = new OpenProgramme(house.Database, house.Log, house.Cache);
        var programmes = new ProgrammeList(house.Database);
        var plan = Plan(house) with { ExpiryDays = 30 };

        var opened = (await open.Run(plan)).Value;
        Assert.Equal(opened, (await open.Run(plan)).Value);
        Assert.Equal("id_reused", (await open.Run(plan with { Name = "ほかの施策" })).Refused?.Code);
        Assert.Equal(opened, await programmes.Find(plan.Id));
        Assert.Equal([opened], await programmes.Of(RegistryHouse.A));

        var close = new CloseProgramme(house.Database, house.Log);
        Assert.True((await close.Run(plan.Id, RegistryHouse.Operator, "予算の終わり")).Value);
        Assert.False((await close.Run(plan.Id, RegistryHouse.Operator, null)).Value);
        Assert.Equal("not_found", (await close.Run(Ids.New<ProgrammeId>(house.Clock), RegistryHouse.Operator, null)).Refused?.Code);
        Assert.Equal("out_of_period", (await programmes.Find(plan.Id))!.GrantsOn(From)?.Code);
    }

    [Fact]
    public async Task S4_14_it_grants_from_its_first_day_to_its_last()
    {
        await using var house = await Live(Engine.Sqlite);
        var programme = (await new OpenProgramme(house.Database, house.Log, house.Cache).Run(Plan(house))).Value;
        Assert.Equal("not_started", programme.GrantsOn(From.AddDays(-1))?.Code);
        Assert.Null(programme.GrantsOn(From));
        Assert.Null(programme.GrantsOn(Until));
        Assert.Equal("out_of_period", programme.GrantsOn(Until.AddDays(1))?.Code);
    }

    [Fact]
    public async Task S0_4033a_its_points_expire_by_its_own_rule_else_by_the_municipalitys()
    {
        await using var house = await Live(Engine.Sqlite);
        var open = new OpenProgramme(house.Database, house.Log, house.Cache);
        var a = (await house.Cache.View()).Find(RegistryHouse.A)!;
        var plain = (await open.Run(Plan(house))).Value;
        var own = (await open.Run(Plan(house) with { Id = Ids.New<ProgrammeId>(house.Clock), ExpiryDays = 10 })).Value;
        Assert.Equal(new DateOnly(2031, 4, 1), plain.ExpiresOn(From, a).Value);
        Assert.Equal(new DateOnly(2030, 4, 11), own.ExpiresOn(From, a).Value);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_03_S4_04_what_it_says_changes_for_the_grants_from_then_on(Engine engine)
    {
        await using var house = await Live(engine);
        var programme = (await new OpenProgramme(house.Database, house.Log, house.Cache).Run(Plan(house))).Value;
        var change = new ChangeProgramme(house.Database, house.Log);
        var wanted = new ChangeProgramme.Change(programme.Id, "清掃ボランティア 春", Until.AddDays(30), new GrantRules(new Points(2_000), Eligibility.Proof, new Points(100)), RegistryHouse.Operator);

        var after = (await change.Run(wanted)).Value;
        Assert.Equal(programme with { Name = wanted.Name, Until = wanted.Until, Rules = wanted.Rules }, after);
        Assert.Equal(after, await new ProgrammeList(house.Database).Find(programme.Id));
        Assert.Equal(after, (await change.Run(wanted)).Value);
        // A cap that counts may become another amount, but not end.
        Assert.Equal("cap_uncounted", (await change.Run(wanted with { Rules = new GrantRules() })).Refused?.Code);
        Assert.Equal(new Points(500), (await change.Run(wanted with { Rules = wanted.Rules with { YearCap = new Points(500) } })).Value.Rules.YearCap);
        Assert.Equal("out_of_period", (await change.Run(wanted with { Until = From.AddDays(-1) })).Refused?.Code);
        Assert.Equal("field_required", (await change.Run(wanted with { Name = "" })).Refused?.Code);
        Assert.Equal("not_found", (await change.Run(wanted with { Id = Ids.New<ProgrammeId>(house.Clock) })).Refused?.Code);
        await new CloseProgramme(house.Database, house.Log).Run(programme.Id, RegistryHouse.Operator, null);
        Assert.Equal("out_of_period", (await change.Run(wanted)).Refused?.Code);
    }

    [Fact]
    public async Task What_can_not_be_is_refused()
    {
        await using var house = await Live(Engine.Sqlite);
        var open = new OpenProgramme(house.Database, house.Log, house.Cache);
        Assert.Equal("out_of_period", (await open.Run(Plan(house) with { Until = From.AddDays(-1) })).Refused?.Code);
        Assert.Equal("field_required", (await open.Run(Plan(house) with { Name = " " })).Refused?.Code);
        Assert.Equal("municipality_unknown", (await open.Run(Plan(house) with { Municipality = RegistryHouse.B })).Refused?.Code);
    }

    private static async Task<RegistryHouse> Live(Engine engine)
    {
        var house = await RegistryHouse.Furnished(engine);
        await house.ChangeMunicipality.Run(new(RegistryHouse.A, null, IssuerKind.Public, null, 12, MunicipalityState.Live, RegistryHouse.Operator));
        return house;
    }

    private static OpenProgramme.Plan Plan(RegistryHouse house) =>
        new(Ids.New<ProgrammeId>(house.Clock), RegistryHouse.A, "清掃ボランティア", GrantKind.Activity, From, Until, RegistryHouse.Operator);
}
