using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Applications;

/// <summary>Stored: looked at, nobody is entered. Entered: each line was tried.</summary>
public enum ApplicantFileState { Stored, Entered }

public enum ApplicantRowState { Open, Entered, Refused }

/// <summary>People whom staff enter at once (S1-33).</summary>
/// <param name="Reason">Why staff enter them.</param>
/// <param name="Proven">Where the programme asks for a proof: it was seen of everybody in the file.</param>
public sealed record ApplicantFile(Guid Id, ProgrammeId Programme, MunicipalityCode Municipality, string Sha256, string Reason, bool Proven, ApplicantFileState State, StaffId Maker, long MadeMs,
    IReadOnlyList<ApplicantRow> Rows)
{
    public int Count(ApplicantRowState state) => Rows.Count(r => r.State == state);
}

/// <param name="ShownId">The MyKeyId as screens show it.</param>
/// <param name="Code">Why it is not entered, or empty.</param>
/// <param name="SameLine">The line of the file with the same person, or 0.</param>
public sealed record ApplicantRow(int Line, CitizenId? Citizen, string ShownId, ApplicantRowState State, string Code, int SameLine);

/// <summary>Reading files of applicants.</summary>
public sealed class FindApplicantFiles(Database database)
{
    private const string All = "select id, programme, municipality, sha256, reason, proven, state, maker, made_ms from inc_applicant_file";

    /// <summary>One of a programme, with its lines.</summary>
    public async Task<ApplicantFile?> One(ProgrammeId programme, Guid id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        if (await connection.QuerySingleOrDefaultAsync<FileRow>($"{All} where id = @id and programme = @programme", new { id, programme }) is not { } file) return null;
        var rows = await connection.QueryAsync<LineRow>("select line, citizen, shown_id, state, code, same_line from inc_applicant_row where file = @id order by line", new { id });
        return new ApplicantFile(file.Id, file.Programme, file.Municipality, file.Sha256, file.Reason, file.Proven == 1, Words<ApplicantFileState>.Stored(file.State), file.Maker, file.MadeMs,
            [.. rows.Select(r => new ApplicantRow(r.Line, r.Citizen, r.ShownId, Words<ApplicantRowState>.Stored(r.State), r.Code, r.SameLine))]);
    }

    private sealed class FileRow
    {
        public Guid Id { get; init; }
        public ProgrammeId Programme { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public string Sha256 { get; init; } = "";
        public string Reason { get; init; } = "";
        public int Proven { get; init; }
        public string State { get; init; } = "";
        public StaffId Maker { get; init; }
        public long MadeMs { get; init; }
    }

    private sealed class LineRow
    {
        public int Line { get; init; }
        public CitizenId? Citizen { get; init; }
        public string ShownId { get; init; } = "";
        public string State { get; init; } = "";
        public string Code { get; init; } = "";
        public int SameLine { get; init; }
    }
}
