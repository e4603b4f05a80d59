using Dapper;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.AtTerminal;

/// <param name="Certificate">Judged by <see cref="CertificateRules.Identify"/>.</param>
/// <param name="Terminal">On whose reader the card lies.</param>
public sealed record HeldCard(AuthCertificate Certificate, Terminal Terminal);

/// <summary>
/// Whose card lies on a device that asks without a browser (A1): the rules of <see cref="ShowCard"/> for many at once, and nothing stays open afterwards.
/// Each counts for the alarm of its terminal.
/// </summary>
public sealed class FindHolders(Database database, TapAlarms alarms)
{
    private const string OnPostgres = """
        select k.no - 1 as no, b.citizen, b.state as bound, c.state as citizen_state from unnest(@authorities, @serials) with ordinality k(authority, serial, no)
        left join lateral (select * from idn_certificate o where o.authority = k.authority and o.serial = k.serial offset 0) b on true
        left join lateral (select * from idn_citizen o where o.id = b.citizen offset 0) c on true
        """;

    private const string OnSqlite = """
        select 0 as no, b.citizen, b.state as bound, c.state as citizen_state from idn_certificate b join idn_citizen c on c.id = b.citizen where b.authority = @Authority and b.serial = @Serial
        """;

    /// <returns>In the order of the cards: the citizen; <c>mykey_missing</c>, <c>id_suspended</c>, <c>id_revoked</c>, or <c>cert_revoked</c> for one that another has replaced.</returns>
    public async Task<IReadOnlyList<Result<CitizenId>>> Run(Transaction tx, IReadOnlyList<HeldCard> cards)
    {
        var holders = new Result<CitizenId>[cards.Count];
        Array.Fill(holders, Refusal.Of("mykey_missing"));
        foreach (var row in await Rows(tx, cards)) holders[row.No] = row.Holder();
        await alarms.Tapped(tx, [.. cards.Zip(holders).Where(p => p.Second.Ok).Select(p => (p.First.Terminal, p.Second.Value))]);
        return holders;
    }

    private async Task<IReadOnlyList<Row>> Rows(Transaction tx, IReadOnlyList<HeldCard> cards)
    {
        if (database.Engine == Engine.Postgres)
        {
            var (authorities, serials) = (cards.Select(c => c.Certificate.Authority).ToArray(), cards.Select(c => c.Certificate.Serial).ToArray());
            return (await tx.Connection.QueryAsync<Row>(OnPostgres, new { authorities, serials }, tx.Handle)).Where(r => r.Bound is not null).ToList();
        }
        var found = new List<Row>(cards.Count);
        for (var no = 0; no < cards.Count; no++)
        {
            var row = await tx.Connection.QuerySingleOrDefaultAsync<Row>(OnSqlite, new { cards[no].Certificate.Authority, cards[no].Certificate.Serial }, tx.Handle);
            if (row is not null) found.Add(row.At(no));
        }
        return found;
    }

    private sealed class Row
    {
        public long No { get; init; }
        public CitizenId Citizen { get; init; }
        public int? Bound { get; init; }
        public CitizenState? CitizenState { get; init; }

        public Row At(int no) => new() { No = no, Citizen = Citizen, Bound = Bound, CitizenState = CitizenState };

        public Result<CitizenId> Holder() => Bound == 2 ? Refusal.Of("cert_revoked", ("reason", "superseded")) : CitizenState switch
        {
            Citizens.CitizenState.Active => Citizen,
            Citizens.CitizenState.Suspended => Refusal.Of("id_suspended"),
            _ => Refusal.Of("id_revoked"),
        };
    }
}
