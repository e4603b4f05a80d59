using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>What everybody reads of an acceptor, a library or another provider beside its name: how to get there, when it is open, how points are taken (S0-1008).</summary>
public sealed class DescribePlace(Database database, OperationLog log, RegistryCache registry)
{
    /// <returns>The place, listed or not; <c>not_found</c>.</returns>
    public async Task<Result<Place>> Get(Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await connection.QuerySingleOrDefaultAsync<PlaceRow>(PlaceIndex.ById, new { Id = id }) is { } row ? row.Read() : Refusal.Of("not_found");
    }

    private const string OwnNoTaken = "select count(*) from reg_place where municipality = @Municipality and own_no = @number and id <> @Id";

    /// <param name="ownNo">What the office calls it in its own list; null or empty: nothing.</param>
    /// <returns>The place; <c>not_found</c>, <c>number_format</c> and <c>own_number_taken</c> for the office's own number, and as <see cref="PlaceEntry.Read"/>.</returns>
    public async Task<Result<Place>> Run(Guid id, PlaceEntry entry, string? ownNo, Actor by, CancellationToken stop = default)
    {
        var number = Typed.HalfWidth(ownNo) is { Length: > 0 } typed ? typed : null;
        if (number is not null && !AcceptorLines.IsOwnNo(number)) return Refusal.Of("number_format", ("field", "ownNo"));
        var details = entry.Read();
        if (details.Refused is { } no) return no;
        return await registry.Change<Place>(async (tx, _) =>
        {
            if (await PlaceIndex.Find(tx, id) is not { } before || before.Source == PlaceSource.Support) return Refusal.Of("not_found");
            // A provider has its days in its own registration.
            var after = before with { Details = before.Source == PlaceSource.Provider ? details.Value with { From = before.Details.From } : details.Value, OwnNo = number };
            if (after == before) return before;
            if (number is not null && await tx.Connection.ExecuteScalarAsync<long>(OwnNoTaken, new { before.Municipality, number, before.Id }, tx.Handle) > 0) return Refusal.Of("own_number_taken", ("field", "ownNo"));
            await PlaceIndex.Save(tx, after);
            await log.Write(tx, new Operation("place.described", by, id, Before: Short(before), After: Short(after)));
            return after;
        }, stop);
    }

    internal static string Short(Place p) => string.Join(' ', new[]
    {
        p.OwnNo, p.Details.Kana, p.Details.OldNames, p.Details.Address, p.Details.Access, p.Details.Hours.Replace('\n', '|'), p.Details.Phone, p.Details.Web, p.Details.Ways, p.Details.From?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
    }.Where(t => !string.IsNullOrEmpty(t)));
}
