using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Registry;

/// <summary>Goal: an issuer's points have a name, an owner and a validity within the law (S4-20, S2-P14b, formats §7).</summary>
public class MunicipalityTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S4_20_a_brand_name_stands_beside_the_official_one(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var done = await house.ChangeMunicipality.Run(new(RegistryHouse.A, "げんきポイント", IssuerKind.Public, 90, null, MunicipalityState.Live, RegistryHouse.Operator));
        Assert.True(done.Ok);
        var a = (await house.Cache.View()).Find(RegistryHouse.A)!;
        Assert.Equal(("げんきポイント", "A市", MunicipalityState.Live), (a.PointName, a.Name, a.State));
        Assert.Equal(new DateOnly(2030, 7, 1), a.Expiry!.Value.ExpiresOn(new DateOnly(2030, 4, 2)));

        await house.ChangeMunicipality.Run(new(RegistryHouse.A, "", IssuerKind.Public, null, 6, MunicipalityState.Live, RegistryHouse.Operator));
        a = (await house.Cache.View()).Find(RegistryHouse.A)!;
        Assert.Equal("A市ポイント", a.PointName);
        Assert.Equal(new DateOnly(2030, 2, 28), a.Expiry!.Value.ExpiresOn(new DateOnly(2029, 8, 31)));
    }

    [Fact]
    public async Task S2_P14b_a_prefecture_issues_points_and_a_ward_of_a_city_does_not()
    {
        await using var house = await RegistryHouse.Furnished(Engine.Sqlite);
        await house.Take("code,name\n14131,川崎市川崎区\n");
        Assert.True((await house.ChangeMunicipality.Run(Live("140007"))).Ok);
        Assert.Equal("municipality_unknown", (await house.ChangeMunicipality.Run(Live("141313"))).Refused?.Code);
        Assert.Equal("municipality_unknown", (await house.ChangeMunicipality.Run(Live("131164"))).Refused?.Code);
    }

    [Theory]
    [InlineData(null, null, IssuerKind.Public, "field_required")]
    [InlineData(1, 1, IssuerKind.Public, "field_unknown")]
    [InlineData(0, null, IssuerKind.Public, "out_of_period")]
    [InlineData(null, 121, IssuerKind.Public, "out_of_period")]
    [InlineData(null, 7, IssuerKind.Private, "out_of_period")]
    [InlineData(182, null, IssuerKind.Private, "out_of_period")]
    [InlineData(null, 6, IssuerKind.Private, null)]
    [InlineData(null, 120, IssuerKind.Public, null)]
    public void A_private_issuers_points_lapse_within_six_months(int? days, int? months, IssuerKind issuer, string? code) =>
        Assert.Equal(code, ExpiryRule.From(days, months, issuer).Refused?.Code);

    private static ChangeMunicipality.Change Live(string code) =>
        new(MunicipalityCode.Of(code), null, IssuerKind.Public, null, 12, MunicipalityState.Live, RegistryHouse.Operator);
}
