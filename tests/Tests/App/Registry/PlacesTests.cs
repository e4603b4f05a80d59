using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Registry;

/// <summary>Goal: any place is found by where it is, what it is, what it is or was called, and when it is open, on both engines alike (S0-1008, S2-P18e).</summary>
public class PlacesTests
{
    private static readonly MunicipalityCode Ward = MunicipalityCode.Of("141313");

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1008_by_prefecture_municipality_kind_and_words(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        await house.Take("code,name\n141313,川崎市川崎区\n");
        var bakery = await Shop(house, RegistryHouse.A, "しあわせパン工房", new PlaceEntry("シアワセパンコウボウ", OldNames: "昭和製パン、パンの昭和"));
        await Shop(house, RegistryHouse.B, "Café 24", new PlaceEntry());
        await Shop(house, RegistryHouse.Kawasaki, "川崎の美術館", new PlaceEntry(), "museum");
        await Shop(house, Ward, "パン工房かわさき", new PlaceEntry());

        foreach (var typed in new[] { "ぱん工房", "ﾊﾟﾝ工房", "パン" }) Assert.Equal(["しあわせパン工房", "パン工房かわさき"], await Names(house, new PlaceQuery(Text: typed)));
        foreach (var typed in new[] { "昭和製パン", "しあわせ", "シアワセ　コウボウ", "ｼｱﾜｾ" }) Assert.Equal(["しあわせパン工房"], await Names(house, new PlaceQuery(Text: typed)));
        Assert.Equal(["Café 24"], await Names(house, new PlaceQuery(Text: "ＣＡＦ")));
        Assert.Equal(["しあわせパン工房", "Café 24"], await Names(house, new PlaceQuery(Prefecture: 13)));
        Assert.Equal(["Café 24"], await Names(house, new PlaceQuery(Municipality: RegistryHouse.B)));
        Assert.Equal(["川崎の美術館", "パン工房かわさき"], await Names(house, new PlaceQuery(Municipality: RegistryHouse.Kawasaki)));   // a designated city with its wards
        Assert.Equal(["川崎の美術館"], await Names(house, new PlaceQuery(Kind: "museum")));
        Assert.Empty(await Names(house, new PlaceQuery(Kind: "museum", Text: "パン")));
        Assert.Equal(["パン工房かわさき"], await Names(house, new PlaceQuery(Prefecture: 14, Text: "パ")));
        Assert.Empty(await Names(house, new PlaceQuery(Text: "ンパ")));
        Assert.Equal("keyword_short", (await house.Find.Run(new PlaceQuery(Text: "パ"))).Refused?.Code);
        Assert.Equal(bakery.Value, (await house.Find.One(bakery.Value)).Value.Id);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1008_Y_D1_a_word_that_names_a_municipality_means_all_in_it_and_all_of_that_name(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        await house.Take("code,name,kana\n434248,小国町,オグニマチ\n064017,小国町,オグニマチ\n");
        await Shop(house, MunicipalityCode.Of("434248"), "南の店", new PlaceEntry());
        await Shop(house, MunicipalityCode.Of("064017"), "北の店", new PlaceEntry());
        await Shop(house, RegistryHouse.A, "小国屋", new PlaceEntry());

        Assert.Equal(["北の店", "小国屋", "南の店"], await Names(house, new PlaceQuery(Text: "小国")));
        Assert.Equal(["北の店", "南の店"], await Names(house, new PlaceQuery(Text: "おぐに 店")));
        Assert.Equal(["南の店"], await Names(house, new PlaceQuery(Prefecture: 43, Text: "小国町")));
        Assert.Equal(["小国屋"], await Names(house, new PlaceQuery(Municipality: RegistryHouse.A, Text: "小国")));
        Assert.Equal(["南の店"], await Names(house, new PlaceQuery(Text: "熊本県小国町")));
        await house.ChangeMunicipality.Rename(RegistryHouse.A, "旧町名、古村", RegistryHouse.Operator);
        Assert.Equal(["小国屋"], await Names(house, new PlaceQuery(Text: "古村")));
        Assert.Equal("旧町名、古村", (await house.Cache.View()).Find(RegistryHouse.A)!.FormerNames);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1008_by_the_day_on_which_it_is_open_and_by_the_points_that_pay(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var weekdays = await Shop(house, RegistryHouse.A, "平日の店", new PlaceEntry(Hours: "月-金 9:00-17:00"));
        await Shop(house, RegistryHouse.B, "毎日の店", new PlaceEntry(Hours: "月-日祝 9:00-17:00"));
        await Shop(house, RegistryHouse.B, "時間の分からない店", new PlaceEntry());
        await Shop(house, RegistryHouse.B, "これからの店", new PlaceEntry(From: house.Clock.Today().AddDays(1)));

        Assert.Equal(["平日の店", "毎日の店"], await Names(house, new PlaceQuery(OpenOn: new DateOnly(2026, 12, 4))));
        Assert.Equal(["毎日の店"], await Names(house, new PlaceQuery(OpenOn: new DateOnly(2026, 12, 5))));
        Assert.DoesNotContain("これからの店", await Names(house, new PlaceQuery()));
        Assert.Empty(await Names(house, new PlaceQuery(Points: RegistryHouse.B)));
        await house.ChangeMunicipality.Run(new(RegistryHouse.B, null, IssuerKind.Public, null, 12, MunicipalityState.Live, RegistryHouse.Operator));
        await house.Usage.ForAcceptor(RegistryHouse.B, weekdays, true, RegistryHouse.Operator);
        Assert.Equal(["平日の店"], await Names(house, new PlaceQuery(Points: RegistryHouse.B)));
        Assert.Equal([RegistryHouse.B], (await house.Cache.View()).PayingAt(weekdays).Select(m => m.Code));   // S0-4001b

        await house.ChangeAcceptor.Run(new(weekdays, "平日の店", AcceptorState.Suspended, null, RegistryHouse.Operator));
        Assert.DoesNotContain("平日の店", await Names(house, new PlaceQuery()));
        Assert.Equal("not_found", (await house.Find.One(weekdays.Value)).Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1008_leaf_by_leaf_every_place_comes_once_whatever_the_way(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var towns = new[] { RegistryHouse.Kawasaki, RegistryHouse.A, RegistryHouse.B };
        for (var i = 0; i < 50; i++) await Shop(house, towns[i % 3], $"めぐり堂{i}", new PlaceEntry(Hours: i % 2 == 0 ? "月-日祝 9:00-17:00" : ""));
        foreach (var (query, expected) in new (PlaceQuery, int)[] { (new(), 50), (new(Text: "めぐり"), 50), (new(Kind: "shop"), 50), (new(OpenOn: new DateOnly(2026, 12, 4)), 25), (new(Prefecture: 14, Text: "めぐり"), 17), (new(Text: "A市 めぐり"), 17), (new(Text: "しょうてん"), 50), (new(Text: "しょうてん A市"), 17), (new(Text: "めぐり お店"), 50) })
        {
            var (seen, after) = (new List<Place>(), (PlaceMark?)null);
            do
            {
                var leaf = (await house.Find.Run(query with { After = after })).Value;
                Assert.True(leaf.Places.Count <= FindPlaces.PerPage);
                seen.AddRange(leaf.Places);
                after = leaf.Next is { } next ? PlaceMark.Read(next.ToString()).Value : null;
            }
            while (after is not null);
            Assert.Equal(expected, seen.Select(p => p.Id).Distinct().Count());
            Assert.Equal(expected, seen.Count);
            Assert.Equal(seen.OrderBy(p => p.Municipality).ThenBy(p => p.No).Select(p => p.Id), seen.Select(p => p.Id));
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P10g_what_was_there_before_the_search_is_folded_by_a_job_and_another_name_leaves_nothing_of_the_old(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var shop = await Shop(house, RegistryHouse.A, "みどり書店", new PlaceEntry());
        await house.Database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync("update reg_place set search = null", transaction: tx.Handle);
            await tx.Connection.ExecuteAsync("delete from reg_place_token", transaction: tx.Handle);
        });
        Assert.Empty(await Names(house, new PlaceQuery(Text: "みどり")));
        var job = new IndexPlaces(house.Database);
        Assert.Equal("folded 1 places", (await job.Run(new JobRun(job.Name, Guid.Empty, 1, long.MaxValue), default)).Text);
        Assert.Equal("folded 0 places", (await job.Run(new JobRun(job.Name, Guid.Empty, 2, long.MaxValue), default)).Text);
        Assert.Equal(["みどり書店"], await Names(house, new PlaceQuery(Text: "みどり")));

        await house.ChangeAcceptor.Run(new(shop, "あおい書店", AcceptorState.Active, null, RegistryHouse.Operator));
        Assert.Empty(await Names(house, new PlaceQuery(Text: "みどり")));
        Assert.Equal(["あおい書店"], await Names(house, new PlaceQuery(Text: "アオイ書店")));
        await using var connection = await house.Database.Open();
        Assert.Equal(PlaceText.Tokens("アオイ書店").Count, await connection.ExecuteScalarAsync<int>("select count(*) from reg_place_token"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1008_libraries_and_support_corners_are_in_the_same_list_as_long_as_they_are_there(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var (providers, corners, library, corner) = (new SaveServiceProvider(house.Log, house.Cache), new SupportPlaces(house.Database, house.Cache, house.Log), Ids.New<ServiceProviderId>(TimeProvider.System), Guid.CreateVersion7());
        var entry = new ProviderEntry("A1", "library", "中央図書館", 6, 10, Letters: false);
        Assert.True((await providers.Run(library, RegistryHouse.A, entry, RegistryHouse.Operator)).Ok);
        var wanted = new WantedSupportPlace(corner, RegistryHouse.A, SupportPlaceKind.Office, "市役所の支援コーナー", "1階", "月-金 9:00-17:00", [SupportHelp.Questions], null, house.Clock.Today(), house.Clock.Today().AddDays(1), SupportPlaceState.Open);
        Assert.True((await corners.Save(wanted, RegistryHouse.Operator)).Ok);

        Assert.Equal(["中央図書館"], await Names(house, new PlaceQuery(Kind: "library")));
        Assert.Equal(["市役所の支援コーナー"], await Names(house, new PlaceQuery(Kind: Place.Support, Text: "コーナー")));
        Assert.Equal("1階", (await house.Find.One(corner)).Value.Details.Address);
        house.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(["中央図書館"], await Names(house, new PlaceQuery()));
        Assert.True((await providers.Run(library, RegistryHouse.A, entry with { State = "ended" }, RegistryHouse.Operator)).Ok);
        Assert.Empty(await Names(house, new PlaceQuery()));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1008_a_word_that_names_a_kind_however_it_is_read_means_all_of_that_kind(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var (providers, kinds, corners) = (new SaveServiceProvider(house.Log, house.Cache), new SaveProviderKind(house.Log, house.Cache), new SupportPlaces(house.Database, house.Cache, house.Log));
        await Shop(house, RegistryHouse.A, "青い家", new PlaceEntry(), "museum");
        await Shop(house, RegistryHouse.B, "山の湯", new PlaceEntry(), "lodging");
        await Shop(house, RegistryHouse.B, "図書館前のパン屋", new PlaceEntry(Kana: "トショカンマエノパンヤ"));
        foreach (var (town, code, kind, name) in new[] { (RegistryHouse.A, "A1", "library", "中央館"), (RegistryHouse.Kawasaki, "K1", "library", "川べりの館"), (RegistryHouse.A, "A2", "museum", "石の家") })
            Assert.True((await providers.Run(Ids.New<ServiceProviderId>(TimeProvider.System), town, new ProviderEntry(code, kind, name, 6, 10, Letters: false), RegistryHouse.Operator)).Ok);
        Assert.True((await corners.Save(new(Guid.CreateVersion7(), RegistryHouse.A, SupportPlaceKind.Office, "市役所", "1階", "月-金 9:00-17:00", [SupportHelp.Questions], null, house.Clock.Today(), null, SupportPlaceState.Open), RegistryHouse.Operator)).Ok);

        foreach (var typed in new[] { "としょかん", "図書館", "ﾄｼｮｶﾝ" }) Assert.Equal(["中央館", "図書館前のパン屋", "川べりの館"], await Names(house, new PlaceQuery(Text: typed)));
        Assert.Equal(["中央館", "川べりの館"], await Names(house, new PlaceQuery(Text: "らいぶらりー")));
        foreach (var typed in new[] { "びじゅつかん", "ミュージアム", "博物館" }) Assert.Equal(["青い家", "石の家"], (await Names(house, new PlaceQuery(Text: typed))).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(["山の湯"], await Names(house, new PlaceQuery(Text: "おんせん")));
        Assert.Equal(["市役所"], await Names(house, new PlaceQuery(Text: "しえんこーなー")));
        Assert.Equal(["中央館"], await Names(house, new PlaceQuery(Text: "としょかん A市")));
        Assert.Equal(["川べりの館"], await Names(house, new PlaceQuery(Prefecture: 14, Text: "としょかん")));
        Assert.Equal(["川べりの館"], await Names(house, new PlaceQuery(Text: "川べり としょかん")));
        Assert.Equal(["図書館前のパン屋"], await Names(house, new PlaceQuery(Kind: "shop", Text: "としょかん")));
        Assert.Empty(await Names(house, new PlaceQuery(Kind: "lodging", Text: "としょかん")));
        Assert.Empty(await Names(house, new PlaceQuery(Text: "しょかん 西")));

        Assert.Empty(await Names(house, new PlaceQuery(Text: "すいえいじょう")));
        Assert.Equal("プール、水泳場、スイエイジョウ", (await kinds.Run("pool", "市民プール", "プール, 水泳場\nスイエイジョウ", RegistryHouse.Operator)).Value.Words);
        Assert.True((await providers.Run(Ids.New<ServiceProviderId>(TimeProvider.System), RegistryHouse.A, new ProviderEntry("A3", "pool", "みなみ", 6, 10, Letters: false), RegistryHouse.Operator)).Ok);
        Assert.Equal(["みなみ"], await Names(house, new PlaceQuery(Text: "すいえいじょう")));
        Assert.Equal("プール、水泳場、スイエイジョウ", (await kinds.Run("pool", "屋内プール", " ", RegistryHouse.Operator)).Value.Words);
        Assert.Equal("too_large", (await kinds.Run("pool", "屋内プール", new string('あ', 101), RegistryHouse.Operator)).Refused?.Code);
        Assert.Equal("屋内プール", (await house.Cache.View()).ProviderKinds.Single(k => k.Code == "pool").Name);
    }

    [Fact]
    public async Task S0_1008_each_kind_that_is_there_from_the_beginning_says_how_it_is_read()
    {
        await using var house = await RegistryHouse.New(Engine.Sqlite);
        var view = await house.Cache.View();
        foreach (var (code, name, words) in AcceptorKind.All.Select(k => (k.Code, k.Name, k.Words)).Concat(view.ProviderKinds.Select(k => (k.Code, k.Name, k.Words))).Append((Place.Support, Place.SupportName, Place.SupportWords)))
        {
            Assert.True($"{name}、{words}".Split('、').Any(w => w.Length > 0 && w.All(c => c is >= 'ァ' and <= 'ー')), $"{code} has no reading");
            if (AcceptorKind.Find(code).Refused is null || view.ProviderKinds.Any(k => k.Code == code)) Assert.All(words.Split('、', StringSplitOptions.RemoveEmptyEntries), w => Assert.Contains(code, view.KindsNamed(MyKey.App.Shared.SearchText.Fold(w))));
        }
    }

    private static async Task<AcceptorId> Shop(RegistryHouse house, MunicipalityCode town, string name, PlaceEntry details, string kind = "shop")
    {
        var id = Ids.New<AcceptorId>(TimeProvider.System);
        Assert.True((await house.Register.Run(new(id, town, kind, name, RegistryHouse.Operator))).Ok);
        Assert.True((await house.Describe.Run(id.Value, details, null, RegistryHouse.Operator)).Ok);
        return id;
    }

    private static async Task<IEnumerable<string>> Names(RegistryHouse house, PlaceQuery query) => (await house.Find.Run(query)).Value.Places.Select(p => p.Name);
}
