using MyKey.Kernel;

namespace MyKey.App.Registry;

public enum ImportOutcome { Added, Changed, Unchanged, Refused }

/// <summary>What became of one line of a file.</summary>
/// <param name="Name">As the file has it, so that the line can be found.</param>
public sealed record ImportRow(int Line, string Name, ImportOutcome Outcome, MunicipalityCode? Code = null, Refusal? Refused = null);

/// <summary>What became of a file; refused lines do not hold up the others.</summary>
/// <param name="Sha256">Of the file.</param>
public sealed record ImportReport(string Sha256, IReadOnlyList<ImportRow> Rows)
{
    public int Count(ImportOutcome outcome) => Rows.Count(r => r.Outcome == outcome);

    public override string ToString() =>
        $"{Count(ImportOutcome.Added)} added, {Count(ImportOutcome.Changed)} changed, {Count(ImportOutcome.Unchanged)} unchanged, {Count(ImportOutcome.Refused)} refused, file {Sha256}";
}
