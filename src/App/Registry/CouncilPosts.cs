using System.Globalization;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>会長, 副会長, 監事.</summary>
public enum CouncilPostKind { Chair, ViceChair, Auditor }

/// <summary>A post of the council, held by the head of a member municipality for a term: an office, never a person (S2-P13).</summary>
public sealed record CouncilPost(Guid Id, MunicipalityCode Municipality, CouncilPostKind Post, DateOnly From, DateOnly? Until)
{
    public bool HoldsOn(DateOnly day) => From <= day && (Until is null || day <= Until);

    /// <summary>徳島県知事, 前橋市長.</summary>
    public static string HeadOf(Municipality m) => m.Name + (m.Kind == MunicipalityKind.Prefecture ? "知事" : "長");

    public static string Word(CouncilPostKind post) => post switch { CouncilPostKind.Chair => "会長", CouncilPostKind.ViceChair => "副会長", _ => "監事" };
}

/// <summary>A post as typed.</summary>
/// <param name="Id">Made by the caller: the same again changes it.</param>
/// <param name="Municipality">5 or 6 digits.</param>
/// <param name="Post"><c>chair</c>, <c>vice_chair</c> or <c>auditor</c>.</param>
public sealed record WantedPost(Guid Id, string? Municipality, string? Post, DateOnly? From, DateOnly? Until = null);

/// <summary>The posts of the council by term.</summary>
public sealed class CouncilPosts(Database database, OperationLog log, RegistryCache registry)
{
    private const string All = "select id, municipality, post, from_day, until_day from reg_council_post";

    private const string Upsert = """
        insert into reg_council_post(id, municipality, post, from_day, until_day) values (@Id, @Municipality, @Post, @From, @Until)
        on conflict(id) do update set municipality = excluded.municipality, post = excluded.post, from_day = excluded.from_day, until_day = excluded.until_day
        """;

    /// <returns>The latest term first, in it chair, vice chairs, auditors.</returns>
    public async Task<IReadOnlyList<CouncilPost>> List(CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return [.. (await connection.QueryAsync<Row>($"{All} order by municipality, id")).Select(r => r.Read()).OrderByDescending(p => p.From).ThenBy(p => p.Post).ThenBy(p => p.Municipality)];
    }

    /// <returns>The post; <c>field_required</c> (municipality, post, from), <c>number_format</c>, <c>municipality_unknown</c>, <c>not_member</c> for one that is none on the first day, <c>period_format</c>.</returns>
    public async Task<Result<CouncilPost>> Save(WantedPost wanted, Actor by, CancellationToken stop = default)
    {
        if (Words<CouncilPostKind>.Find(wanted.Post ?? "") is not { } post) return Refusal.Of("field_required", ("field", "post"));
        if (wanted.From is not { } from) return Refusal.Of("field_required", ("field", "from"));
        if (wanted.Until < from) return Refusal.Of("period_format");
        if (string.IsNullOrWhiteSpace(wanted.Municipality)) return Refusal.Of("field_required", ("field", "municipality"));
        var found = (await registry.View()).Resolve(wanted.Municipality.Trim(), "", "");
        if (found.Refused is { } unknown) return unknown;
        if (!found.Value.IsMemberOn(from)) return Refusal.Of("not_member");
        var after = new CouncilPost(wanted.Id, found.Value.Code, post, from, wanted.Until);
        return await database.WriteOrRefuse<CouncilPost>(async tx =>
        {
            var before = (await tx.Connection.QuerySingleOrDefaultAsync<Row>($"{All} where id = @Id", new { after.Id }, tx.Handle))?.Read();
            if (before == after) return after;
            await tx.Connection.ExecuteAsync(Upsert, new { after.Id, after.Municipality, Post = Words<CouncilPostKind>.Of(post), after.From, after.Until }, tx.Handle);
            await log.Write(tx, new Operation("council.post_set", by, after.Id, Before: before is null ? null : Short(before), After: Short(after)));
            return after;
        }, stop);
    }

    private static string Short(CouncilPost p) =>
        string.Create(CultureInfo.InvariantCulture, $"{p.Municipality} {Words<CouncilPostKind>.Of(p.Post)} {p.From:yyyy-MM-dd} to {p.Until:yyyy-MM-dd}");

    private sealed record Row
    {
        public Guid Id { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public string Post { get; init; } = "";
        public DateOnly FromDay { get; init; }
        public DateOnly? UntilDay { get; init; }

        public CouncilPost Read() => new(Id, Municipality, Words<CouncilPostKind>.Stored(Post), FromDay, UntilDay);
    }
}
