using System.Globalization;
using System.Text;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Shared.Csv;
using MyKey.App.SignIn;
using MyKey.App.Tables;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.Counters;

/// <summary>
/// Turns the counters of a year into a file of grants by the programme's table: it is looked at, approved and posted as any other, each person once for the year, and
/// in points only, never in money (K-09).
/// </summary>
public sealed class ExchangeCounts(ChangeCounts change, CountRows counts, FindCitizen citizens, GrantByTable grant)
{
    /// <returns>The batch of grants; <see cref="ChangeCounts.Programme"/>'s refusals, <c>file_empty</c> when nobody has anything, and what <see cref="GrantByTable"/> refuses.</returns>
    public async Task<Result<GrantBatch>> Run(StaffAtWork work, ProgrammeId id, int year, bool proven, CancellationToken stop = default)
    {
        var programme = await change.Programme(work, id, year, stop);
        if (programme.Refused is { } no) return no;
        var rows = new List<string>();
        foreach (var counted in await counts.All(id, year, stop))
            if (counted is { Granted: false, Count: > 0 } && await citizens.Get(counted.Citizen, stop) is { } citizen)
                rows.Add(CsvText.Row(citizen.MyKeyId.Value, counted.Count.ToString(CultureInfo.InvariantCulture)));
        if (rows.Count == 0) return Refusal.Of("file_empty");
        // In an order of its own, so that the same counters are the same file.
        var file = new StringBuilder(CsvText.Row(JudgeRows.MyKeyIdColumn, GrantByTable.CountColumn)).AppendJoin("", rows.Order(StringComparer.Ordinal)).ToString();
        return await grant.Run(Granter.Of(work).Value, new CountFile(id, CsvText.File(file), $"{programme.Value.Name} {GrantConditions.OccasionOf(year)}.csv", GrantConditions.OccasionOf(year), proven) { Year = year }, stop);
    }
}
