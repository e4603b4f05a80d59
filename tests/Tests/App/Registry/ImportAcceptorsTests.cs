using System.Text;
using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Registry;

/// <summary>Goal: thousands of shops by a file that is looked at first, each line with its own result, and the same file again changes nothing (S2-P10g, Y-D1).</summary>
public class ImportAcceptorsTests
{
    private const string File = """
        番号,名前,種類,カナ,開いている時間,使い方,市区町村,都道府県,ようす
        S-1,はなや,商店・商店街,ハナヤ,月-金 9:00-17:00,端末 券,,,
        S-2,みどり食堂,restaurant,みどりしょくどう,,,A市,東京都,休み
        S-1,はなや,shop,,,,,,
        S-3,みどり医院,clinic,,,,,,
        S-4,よその店,shop,,,,川崎市,,
        S-5,どこかの店,shop,,,,小国町,,
        S-6,時間のない店,shop,,いつでも,,,,
        ,番号のない店,shop,,,,,,
        S-7,,shop,,,,,,
        S-8,読めない店,shop,漢字,,,,,
        S-9,種類のない店,space,,,,,,
        """;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P10g_Y_D1_looked_at_first_then_taken_in_line_by_line(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        await house.Take("code,name\n434248,小国町\n064017,小国町\n");
        var looked = (await house.Files.Look(RegistryHouse.A, Bytes(File), RegistryHouse.Operator)).Value;
        Assert.Equal((11, 2, 0, 9), (looked.Lines, looked.Added, looked.Changed, looked.Refused));
        var (_, lines) = (await house.Files.One(RegistryHouse.A, looked.Sha256)).Value;
        Assert.Equal(
            [null, null, "line_twice", "acceptor_type_forbidden", "municipality_other", "ambiguous_name", "hours_format", "field_required", "field_required", "kana_format", "field_unknown"],
            lines.Select(l => l.Refused?.Code));
        Assert.Equal(Enumerable.Range(2, 11), lines.Select(l => l.Line));
        Assert.Empty((await house.Cache.View()).Acceptors);
        Assert.Equal("not_found", (await house.Files.Take(RegistryHouse.B, looked.Sha256, RegistryHouse.Operator)).Refused?.Code);

        Assert.NotNull((await house.Files.Take(RegistryHouse.A, looked.Sha256, RegistryHouse.Operator)).Value.TakenMs);
        var made = (await house.Cache.View()).Acceptors.OrderBy(a => a.Name, StringComparer.Ordinal).ToList();
        Assert.Equal([("はなや", "shop", AcceptorState.Active), ("みどり食堂", "restaurant", AcceptorState.Suspended)], made.Select(a => (a.Name, a.Kind.Code, a.State)));
        var place = Assert.Single((await house.Find.Run(new PlaceQuery(Text: "はなや"))).Value.Places);
        Assert.Equal(("ハナヤ", "月-金 9:00-17:00", "terminal ticket", "S-1"), (place.Details.Kana, place.Details.Hours, place.Details.Ways, place.OwnNo));

        // The same file again changes nothing; whichever its taking in, each shop is there once.
        Assert.Equal(0, (await house.Files.Look(RegistryHouse.A, Bytes(File), RegistryHouse.Operator)).Value is var again ? again.Added + again.Changed : -1);
        await house.Files.Take(RegistryHouse.A, looked.Sha256, RegistryHouse.Operator);
        Assert.Equal(made, (await house.Cache.View()).Acceptors.OrderBy(a => a.Name, StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P10g_another_file_changes_what_it_names_and_leaves_the_rest(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        await Take(house, "番号,名前,種類\n1,はなや,shop\n2,みどり食堂,restaurant\n");
        var flower = (await house.Cache.View()).Acceptors.Single(a => a.Name == "はなや");
        Assert.True((await house.ChangeAcceptor.Run(new(flower.Id, flower.Name, flower.State, null, RegistryHouse.Operator, "ほかの券もいっしょに使えます"))).Ok);
        var changed = await Take(house, "番号,名前,種類,旧名\n1,はなや本店,shop,はなや\n2,みどり食堂,shop,\n3,あたらしい店,shop,\n");
        Assert.Equal((1, 1, 1), (changed.Added, changed.Changed, changed.Refused));
        Assert.Equal(["あたらしい店", "はなや本店", "みどり食堂"], (await house.Cache.View()).Acceptors.Select(a => a.Name).Order(StringComparer.Ordinal));
        Assert.Equal(flower with { Name = "はなや本店", Note = "ほかの券もいっしょに使えます" }, (await house.Cache.View()).Find(flower.Id));   // what is in no file stays
        Assert.Equal(["はなや本店"], (await house.Find.Run(new PlaceQuery(Text: "はなや"))).Value.Places.Select(p => p.Name));
        foreach (var (file, code) in new[] { ("番号,名前\n1,はなや\n", "field_required"), ("番号,名前,種類,生年月日\n1,はなや,shop,\n", "field_unknown"), ("番号,名前,種類\n", "lines_missing") })
            Assert.Equal(code, (await house.Files.Look(RegistryHouse.A, Bytes(file), RegistryHouse.Operator)).Refused?.Code);
        var kind = (await house.Files.Look(RegistryHouse.A, Bytes("番号,名前,種類\n2,みどり食堂,shop\n"), RegistryHouse.Operator)).Value;
        Assert.Equal("kind_fixed", (await house.Files.One(RegistryHouse.A, kind.Sha256)).Value.Lines[0].Refused?.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P10g_two_takings_in_at_once_make_each_shop_once(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var looked = (await house.Files.Look(RegistryHouse.A, Bytes("番号,名前,種類\n" + string.Concat(Enumerable.Range(1, 250).Select(i => $"{i},店{i},shop\n"))), RegistryHouse.Operator)).Value;
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => house.Files.Take(RegistryHouse.A, looked.Sha256, RegistryHouse.Operator)));
        Assert.Equal(250, (await house.Cache.View()).Acceptors.Count());
        Assert.Equal(0, (await Count(house, "select count(*) from (select own_no from reg_place group by own_no having count(*) > 1) d")));
        Assert.Equal(1, await Count(house, "select count(*) from log_operation where action = 'acceptor_file.taken_in'"));
    }

    private static async Task<AcceptorFile> Take(RegistryHouse house, string file) =>
        (await house.Files.Take(RegistryHouse.A, (await house.Files.Look(RegistryHouse.A, Bytes(file), RegistryHouse.Operator)).Value.Sha256, RegistryHouse.Operator)).Value;

    private static async Task<long> Count(RegistryHouse house, string sql)
    {
        await using var connection = await house.Database.Open();
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    private static byte[] Bytes(string file) => Encoding.UTF8.GetBytes(file);
}
