using System.Reflection;
using System.Text;
using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Registry;

/// <summary>Goal: the whole country comes in from the files that offices have, line by line, and again without effect (Y-D1, K-20).</summary>
public class ImportTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_whole_country_comes_in_and_the_same_file_again_changes_nothing(Engine engine)
    {
        await using var house = await RegistryHouse.New(engine);
        var file = Country.Csv(new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var first = (await house.Import.Run(file, RegistryHouse.Operator)).Value;
        Assert.Equal((Country.Rows.Count, 0, 0), (first.Count(ImportOutcome.Added), first.Count(ImportOutcome.Changed), first.Count(ImportOutcome.Refused)));
        Assert.True(Country.Rows.Count is > 1_900 and < 2_100);

        var second = (await house.Import.Run(file, RegistryHouse.Operator)).Value;
        Assert.Equal(Country.Rows.Count, second.Count(ImportOutcome.Unchanged));
        Assert.Equal(Country.Rows.Count, (await house.Cache.View()).Municipalities.Count());
        var kinds = (await house.Cache.View()).Municipalities.CountBy(m => m.Kind).ToDictionary();
        Assert.Equal((47, 15, 752, 0, 799, 188, 150), (kinds[MunicipalityKind.Prefecture], kinds[MunicipalityKind.DesignatedCity], kinds[MunicipalityKind.City],
            kinds.GetValueOrDefault(MunicipalityKind.SpecialWard), kinds[MunicipalityKind.Town], kinds[MunicipalityKind.Village], kinds[MunicipalityKind.Ward]));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("shift_jis")]
    public async Task Files_are_read_as_offices_write_them(string encoding)
    {
        await using var house = await RegistryHouse.New(Engine.Sqlite);
        var csv = "団体コード,都道府県名（漢字）,市区町村名（漢字）,都道府県名（カナ）,市区町村名（カナ）\r\n140007,神奈川県,,ｶﾅｶﾞﾜｹﾝ,\r\n141305,神奈川県,川崎市,ｶﾅｶﾞﾜｹﾝ,ｶﾜｻｷｼ\r\n";
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding(encoding) is { } known ? known.GetBytes(csv) : Encoding.UTF8.GetBytes(csv);
        var report = (await house.Import.Run(bytes, RegistryHouse.Operator)).Value;
        Assert.Equal(2, report.Count(ImportOutcome.Added));
        var view = await house.Cache.View();
        Assert.Equal(("川崎市", "ｶﾜｻｷｼ", MunicipalityKind.DesignatedCity, "神奈川県川崎市", "川崎市ポイント"),
            (view.Find(RegistryHouse.Kawasaki)!.Name, view.Find(RegistryHouse.Kawasaki)!.Kana, view.Find(RegistryHouse.Kawasaki)!.Kind, view.Find(RegistryHouse.Kawasaki)!.FullName, view.Find(RegistryHouse.Kawasaki)!.PointName));
        Assert.Equal("神奈川県", view.Find(MunicipalityCode.Of("140007"))!.FullName);
    }

    [Theory]
    [InlineData("17009,石川県,どこか市,", "number_format")] // K-20
    [InlineData("170097,石川県,どこか市,", "number_format")]
    [InlineData("141304,神奈川県,川崎市,", "number_format")]
    [InlineData("141305,東京都,川崎市,", "municipality_unknown")]
    [InlineData("141305,神奈川県,,", "field_required")]
    [InlineData("141305,神奈川県,川崎,", "field_unknown")]
    [InlineData("141305,神奈川県,川崎市,planet", "field_unknown")]
    [InlineData("141305,神奈川県,川崎市,prefecture", "number_format")]
    [InlineData(",,同名町,", "ambiguous_name")] // Y-D1
    [InlineData(",,どこにもない町,", "municipality_unknown")]
    [InlineData(",,,", "field_required")]
    public async Task A_bad_line_is_refused_and_the_others_come_in(string line, string code)
    {
        await using var house = await RegistryHouse.New(Engine.Sqlite);
        await house.Take("code,name\n013013,同名町\n023019,同名町\n");
        var report = await house.Take($"code,prefecture,name,kind\n{line}\n131164,東京都,豊島区,\n");
        Assert.Equal([ImportOutcome.Refused, ImportOutcome.Added], report.Rows.Select(r => r.Outcome));
        Assert.Equal((code, 2), (report.Rows[0].Refused?.Code, report.Rows[0].Line));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_new_name_is_taken_over_and_what_the_municipality_decided_stays(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        await house.ChangeMunicipality.Run(new(RegistryHouse.A, "A市げんきポイント", IssuerKind.Public, null, 12, MunicipalityState.Live, RegistryHouse.Operator));
        house.Clock.Advance(1000);
        var report = await house.Take("code,name\n132985,新A市\n132985,新A市\n132985,別の市\n");
        Assert.Equal([ImportOutcome.Changed, ImportOutcome.Unchanged, ImportOutcome.Refused], report.Rows.Select(r => r.Outcome));
        var a = (await house.Cache.View()).Find(RegistryHouse.A)!;
        Assert.Equal(("新A市", "A市げんきポイント", MunicipalityState.Live), (a.Name, a.PointName, a.State));
        await using var connection = await house.Database.Open();
        Assert.Equal("132985 東京都 新A市  city", await connection.QuerySingleAsync<string>("select after from log_operation where action = 'municipality.changed'"));
    }

    [Fact]
    public async Task A_name_alone_serves_where_it_is_unique_in_its_prefecture()
    {
        await using var house = await RegistryHouse.New(Engine.Sqlite);
        await house.Take("code,name\n013013,同名町\n023019,同名町\n");
        var report = await house.Take("prefecture,name,kana\n青森県,同名町,ドウメイチョウ\n");
        Assert.Equal(ImportOutcome.Changed, report.Rows[0].Outcome);
        Assert.Equal("ドウメイチョウ", (await house.Cache.View()).Find(MunicipalityCode.Of("023019"))!.Kana);
    }

    [Fact]
    public async Task A_file_that_is_none_is_refused_as_a_whole()
    {
        await using var house = await RegistryHouse.New(Engine.Sqlite);
        Assert.Equal("body_unreadable", (await house.Import.Run([0xFF, 0xFE, 0x00, 0x41], RegistryHouse.Operator)).Refused?.Code);
        Assert.Equal("field_required", (await house.Import.Run("code,prefecture\n"u8.ToArray(), RegistryHouse.Operator)).Refused?.Code);
        Assert.Equal("field_required", (await house.Import.Run([], RegistryHouse.Operator)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P14_the_228_members_with_their_codes(Engine engine)
    {
        await using var house = await RegistryHouse.New(engine);
        var file = Demo("council228.csv");
        var registered = (await house.Import.Run(file, RegistryHouse.Operator)).Value;
        Assert.Equal(228, registered.Count(ImportOutcome.Added));
        await house.Import.Run(Demo("demo-municipalities.csv"), RegistryHouse.Operator);

        var day = new DateOnly(2017, 9, 20);
        var report = (await house.Council.Run(file, day, RegistryHouse.Operator)).Value;
        Assert.Equal((228, 0), (report.Count(ImportOutcome.Added), report.Count(ImportOutcome.Refused)));
        Assert.Equal(228, (await house.Council.Run(file, day, RegistryHouse.Operator)).Value.Count(ImportOutcome.Unchanged));

        var members = (await house.Cache.View()).Municipalities.Where(m => m.IsMemberOn(day)).ToList();
        Assert.Equal(228, members.Count);
        Assert.Equal((25, 4, 112, 2, 72, 13), (Of(MunicipalityKind.Prefecture), Of(MunicipalityKind.DesignatedCity), Of(MunicipalityKind.City),
            Of(MunicipalityKind.SpecialWard), Of(MunicipalityKind.Town), Of(MunicipalityKind.Village)));
        Assert.DoesNotContain(members, m => m.IsMemberOn(day.AddDays(-1)));

        int Of(MunicipalityKind kind) => members.Count(m => m.Kind == kind);
    }

    [Fact]
    public async Task Y_D1_a_member_is_not_found_by_a_name_that_several_have()
    {
        await using var house = await RegistryHouse.New(Engine.Sqlite);
        await house.Take("code,name\n013013,同名町\n023019,同名町\n131164,豊島区\n");
        var report = (await house.Council.Run("code,prefecture,name\n,,同名町\n,青森県,同名町\n13116,,\n14130,,\n17009,,\n"u8.ToArray(), new DateOnly(2017, 9, 20), RegistryHouse.Operator)).Value;
        Assert.Equal(["ambiguous_name", null, null, "municipality_unknown", "number_format"], report.Rows.Select(r => r.Refused?.Code));
    }

    private static byte[] Demo(string name)
    {
        using var stream = Assembly.Load("MyKey.Sandbox").GetManifestResourceStream($"MyKey.Sandbox.Demo.{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
