using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>What everybody reads of an acceptor beside its name: how to get there, when it is open, how points are taken (S0-1008).</summary>
public sealed class DescribeAcceptor(Database database, OperationLog log, RegistryCache registry)
{
    /// <returns>The place of an acceptor; <c>not_found</c>.</returns>
    public Task<Result<Place>> Get(AcceptorId id, CancellationToken stop = default) =>
        database.Write<Result<Place>>(async tx => await PlaceIndex.Find(tx, id.Value) is { } place ? place : Refusal.Of("not_found"), stop);

    private const string OwnNoTaken = "select count(*) from reg_place where municipality = @Municipality and own_no = @number and id <> @Id";

    /// <param name="ownNo">What the office calls it in its own list; null or empty: nothing.</param>
    /// <returns>The place; <c>not_found</c>, <c>number_format</c> and <c>own_number_taken</c> for the office's own number, and as <see cref="PlaceEntry.Read"/>.</returns>
    public async Task<Result<Place>> Run(AcceptorId id, PlaceEntry entry, string? ownNo, Actor by, CancellationToken stop = default)
    {
        var number = Typed.HalfWidth(ownNo) is { Length: > 0 } typed ? typed : null;
        if (number is not null && !AcceptorLines.IsOwnNo(number)) return Refusal.Of("number_format", ("field", "ownNo"));
        var details = entry.Read();
        if (details.Refused is { } no) return no;
        return await registry.Change<Place>(async (tx, _) =>
        {
            if (await PlaceIndex.Find(tx, id.Value) is not { Source: PlaceSource.Acceptor } before) return Refusal.Of("not_found");
            var after = before with { Details = details.Value, OwnNo = number };
            if (after == before) return before;
            if (number is not null && await tx.Connection.ExecuteScalarAsync<long>(OwnNoTaken, new { before.Municipality, number, before.Id }, tx.Handle) > 0) return Refusal.Of("own_number_taken", ("field", "ownNo"));
            await PlaceIndex.Save(tx, after);
            await log.Write(tx, new Operation("acceptor.described", by, id.Value, Before: Short(before), After: Short(after)));
            return after;
        }, stop);
    }

    internal static string Short(Place p) => string.Join(' ', new[]
    {
        p.OwnNo, p.Details.Kana, p.Details.OldNames, p.Details.Address, p.Details.Access, p.Details.Hours.Replace('\n', '|'), p.Details.Phone, p.Details.Web, p.Details.Ways, p.Details.From?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
    }.Where(t => !string.IsNullOrEmpty(t)));
}
