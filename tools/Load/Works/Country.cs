using System.Data.Common;
using System.Globalization;
using System.Text;
using Dapper;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.Kernel.Db;
using Npgsql;
using NpgsqlTypes;

namespace MyKey.Load.Works;

/// <summary>
/// A country that is made up: 47 prefectures with 37 municipalities each, which with those of every measurement are 1,796 bodies, and as many acceptors as asked for, by COPY or in sorted bulk, as the App's own services would have left them. Names are put together from parts, so that some
/// pairs of characters are in a tenth of all names and others in a few.
/// </summary>
internal sealed class Country(Workplace at)
{
    private const int PerPrefecture = 37, AtOnce = 50_000;

    private static readonly string[] Before = ["旭", "朝日", "みどり", "さくら", "中央", "本町", "駅前", "大手", "若葉", "東", "西", "南", "北", "丸", "山", "川", "松", "竹", "梅", "鶴", "亀", "福", "寿", "千", "万", "富士", "日の出", "ひかり", "のぞみ", "ほたる"];
    private static readonly string[] Owners = ["屋", "亭", "庵", "堂", "軒", "家", "荘", "館", "園", "房", "ヶ丘", "の里", "ガーデン", "スター", "マルシェ", "工房", "本店", "二番", "壱", "や"];
    private static readonly (string Name, string Kind)[] What =
    [
        ("食堂", "restaurant"), ("そば", "restaurant"), ("寿司", "restaurant"), ("パン工房", "shop"), ("書店", "shop"), ("薬品", "shop"), ("酒店", "shop"), ("青果", "shop"), ("商店", "shop"), ("電器", "shop"), ("旅館", "lodging"), ("温泉", "lodging"),
        ("美術館", "museum"), ("公民館", "public_facility"), ("体育館", "public_facility"), ("バス", "public_transport"), ("観光案内所", "tourist_office"),
    ];

    private long changed;

    private readonly Random random = new(at.Options.Seed);
    private readonly List<(Guid Id, string Town, string Kind, string Name, string Kana, string Hours, string Search)> shops = [];

    public IReadOnlyList<string> Codes { get; private set; } = [];

    public IReadOnlyList<string> Towns { get; private set; } = [];

    public string NameOf(int shop) => shops[shop % shops.Count].Name;

    public async Task Make(CancellationToken stop)
    {
        await Found(stop);
        changed = await at.Database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync("update reg_version set no = no + 1 where id = 1", transaction: tx.Handle);
            return await tx.Connection.ExecuteScalarAsync<long>("select no from reg_version where id = 1", transaction: tx.Handle);
        }, stop);
        for (var i = 0; i < at.Size; i++) shops.Add(Shop(i));
        shops.Sort((a, b) => string.CompareOrdinal(a.Town, b.Town));
        if (at.Options.Sqlite) await Insert(stop);
        else await Copy(stop);
        await at.Rest();
    }

    private async Task Found(CancellationToken stop)
    {
        var (file, codes, towns) = (new StringBuilder("code,name,kana,kind\n"), new List<string>(), new List<string>());
        for (var prefecture = 1; prefecture <= 47; prefecture++)
            for (var body = 0; body <= PerPrefecture; body++)
            {
                var code = MunicipalityCode.Read(body == 0 ? $"{prefecture:00}000" : $"{prefecture:00}{500 + body}").Value;
                var name = $"{Before[(prefecture * 7 + body) % Before.Length]}{Before[(body * 11 + prefecture) % Before.Length]}";
                codes.Add(code.Value);
                towns.Add(body == 0 ? Prefectures.NameOf(code) : name + "町");
                file.Append(CultureInfo.InvariantCulture, $"{code.Value},{(body == 0 ? "" : name + "町")},{(body == 0 ? "" : "テスト")},{(body == 0 ? "prefecture" : "town")}\n");
            }
        var imported = await at.Get<ImportMunicipalities>().Run(Encoding.UTF8.GetBytes(file.ToString()), Actor.Job("load"), stop);
        Must.Hold(imported.Ok && imported.Value.Count(ImportOutcome.Refused) == 0, $"the country is taken in: {imported.Refused}");
        (Codes, Towns) = (codes, towns);
    }

    private (Guid, string, string, string, string, string, string) Shop(int i)
    {
        var (what, kind) = What[random.Next(What.Length)];
        var name = $"{Before[random.Next(Before.Length)]}{Owners[random.Next(Owners.Length)]}{Before[random.Next(Before.Length)]}{what}{(i % 5 == 0 ? (i % 977).ToString(CultureInfo.InvariantCulture) : "")}";
        var kana = $"{Kana()}{Kana()}";
        var hours = (i % 3) switch { 0 => "", 1 => "月-金 9:00-17:00", _ => "月-日祝 10:00-19:00" };
        return (Ids.NewV7(at.Clock), Codes[random.Next(Codes.Count)], kind, name, kana, hours, SearchText.Of(name, kana));
    }

    private string Kana() => new(Enumerable.Range(0, 4).Select(_ => (char)('ァ' + 1 + random.Next(80))).ToArray());

    private async Task Copy(CancellationToken stop)
    {
        await using var connection = (NpgsqlConnection)await at.Database.Open(stop);
        await Copy(connection, "copy reg_acceptor(id, municipality, kind, name, state, changed_no) from stdin (format binary)", shops.Count, async (copy, i) =>
        {
            var s = shops[i];
            await copy.WriteAsync(s.Id, NpgsqlDbType.Uuid, stop);
            foreach (var text in new[] { s.Town, s.Kind, s.Name, "active" }) await copy.WriteAsync(text, NpgsqlDbType.Text, stop);
            await copy.WriteAsync(changed, NpgsqlDbType.Bigint, stop);
        }, stop);
        await Copy(connection, "copy reg_place(no, id, source, municipality, kind, name, kana, old_names, location, access, hours, telephone, web, ways, listed, search) from stdin (format binary)", shops.Count, async (copy, i) =>
        {
            var s = shops[i];
            await copy.WriteAsync(First + i, NpgsqlDbType.Integer, stop);
            await copy.WriteAsync(s.Id, NpgsqlDbType.Uuid, stop);
            foreach (var text in new[] { "acceptor", s.Town, s.Kind, s.Name, s.Kana, "", "1丁目", "", s.Hours, "", "", "terminal" }) await copy.WriteAsync(text, NpgsqlDbType.Text, stop);
            await copy.WriteAsync(1, NpgsqlDbType.Integer, stop);
            await copy.WriteAsync(s.Search, NpgsqlDbType.Text, stop);
        }, stop);
        var tokens = Tokens();
        await Copy(connection, "copy reg_place_token(token, municipality, place) from stdin (format binary)", tokens.Length, async (copy, i) =>
        {
            await copy.WriteAsync(tokens[i].Token, NpgsqlDbType.Integer, stop);
            await copy.WriteAsync(tokens[i].Town, NpgsqlDbType.Integer, stop);
            await copy.WriteAsync(tokens[i].Place, NpgsqlDbType.Integer, stop);
        }, stop);
    }

    private static async Task Copy(NpgsqlConnection connection, string sql, int count, Func<NpgsqlBinaryImporter, int, Task> row, CancellationToken stop)
    {
        await using var copy = await connection.BeginBinaryImportAsync(sql, stop);
        for (var i = 0; i < count; i++)
        {
            await copy.StartRowAsync(stop);
            await row(copy, i);
        }
        await copy.CompleteAsync(stop);
    }

    private async Task Insert(CancellationToken stop)
    {
        await InsertMany("insert into reg_acceptor(id, municipality, kind, name, state, changed_no) values (@a, @b, @c, @d, 'active', @e)", shops.Count,
            (set, i) => { (set[0].Value, set[1].Value, set[2].Value, set[3].Value, set[4].Value) = (shops[i].Id.Bytes(), shops[i].Town, shops[i].Kind, shops[i].Name, changed); }, ["@a", "@b", "@c", "@d", "@e"], stop);
        await InsertMany("""
            insert into reg_place(no, id, source, municipality, kind, name, kana, old_names, location, access, hours, telephone, web, ways, listed, search)
            values (@a, @b, 'acceptor', @c, @d, @e, @f, '', '1丁目', '', @g, '', '', 'terminal', 1, @h)
            """, shops.Count, (set, i) =>
        {
            var s = shops[i];
            (set[0].Value, set[1].Value, set[2].Value, set[3].Value, set[4].Value, set[5].Value, set[6].Value, set[7].Value) = (First + i, s.Id.Bytes(), s.Town, s.Kind, s.Name, s.Kana, s.Hours, s.Search);
        }, ["@a", "@b", "@c", "@d", "@e", "@f", "@g", "@h"], stop);
        var tokens = Tokens();
        await InsertMany("insert into reg_place_token(token, municipality, place) values (@a, @b, @c)", tokens.Length,
            (set, i) => { (set[0].Value, set[1].Value, set[2].Value) = (tokens[i].Token, tokens[i].Town, tokens[i].Place); }, ["@a", "@b", "@c"], stop);
    }

    private async Task InsertMany(string sql, int count, Action<DbParameterCollection, int> set, string[] names, CancellationToken stop)
    {
        for (var from = 0; from < count; from += AtOnce)
            await at.Database.Write(async tx =>
            {
                await using var command = tx.Connection.CreateCommand();
                (command.CommandText, command.Transaction) = (sql, tx.Handle);
                foreach (var name in names)
                {
                    var parameter = command.CreateParameter();
                    parameter.ParameterName = name;
                    command.Parameters.Add(parameter);
                }
                for (var i = from; i < Math.Min(from + AtOnce, count); i++)
                {
                    set(command.Parameters, i);
                    await command.ExecuteNonQueryAsync(stop);
                }
            }, stop);
    }

    /// <summary>Behind the shops of the terminals, which the App's services made.</summary>
    private const int First = 1_000;

    private (int Token, int Town, int Place)[] Tokens()
    {
        var all = new List<(int, int, int)>();
        for (var i = 0; i < shops.Count; i++)
        {
            var town = int.Parse(shops[i].Town, CultureInfo.InvariantCulture);
            foreach (var token in PlaceText.Tokens(shops[i].Search)) all.Add((token, town, First + i));
        }
        all.Sort();
        return [.. all];
    }
}
