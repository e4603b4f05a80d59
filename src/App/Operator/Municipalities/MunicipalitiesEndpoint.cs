using System.Globalization;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Operator.Municipalities;

/// <param name="PointName">What its points are called; the official name stands beside it.</param>
/// <param name="Issuer"><c>public</c> or <c>private</c>.</param>
/// <param name="State"><c>listed</c>, <c>live</c> or <c>closed</c>.</param>
public sealed record MunicipalityReply(string Code, string Prefecture, string Name, string Kind, string PointName, string Issuer, int? ExpiryDays, int? ExpiryMonths, string State, DateOnly? MemberFrom)
{
    public static MunicipalityReply Of(Municipality m) => new(m.Code.Value, m.Prefecture, m.Name, Words<MunicipalityKind>.Of(m.Kind), m.PointName, Words<IssuerKind>.Of(m.Issuer),
        m.Expiry is { Days: > 0 } d ? d.Days : null, m.Expiry is { Months: > 0 } e ? e.Months : null, Words<MunicipalityState>.Of(m.State), m.MemberFrom);
}

/// <param name="Brand">Null or empty: the name and ポイント.</param>
/// <param name="ExpiryDays">This or months; one is needed by a live issuer.</param>
public sealed record MunicipalityChange(string? Brand, string Issuer, int? ExpiryDays, int? ExpiryMonths, string State);

/// <param name="Names">What it was called before, with 、 between; empty: nothing.</param>
public sealed record FormerNamesRequest(string Names);

public sealed record FormerNamesReply(string Code, string Names);

/// <param name="Outcome"><c>added</c>, <c>changed</c>, <c>unchanged</c> or <c>refused</c>.</param>
/// <param name="Refused">The code of the refusal.</param>
public sealed record ImportLineReply(int Line, string Name, string Outcome, string? Code, string? Refused);

public sealed record ImportReply(string Sha256, int Added, int Changed, int Unchanged, int Refused, IReadOnlyList<ImportLineReply> Lines)
{
    public static ImportReply Of(ImportReport report) => new(report.Sha256, report.Count(ImportOutcome.Added), report.Count(ImportOutcome.Changed), report.Count(ImportOutcome.Unchanged),
        report.Count(ImportOutcome.Refused), [.. report.Rows.Select(r => new ImportLineReply(r.Line, r.Name, Words<ImportOutcome>.Of(r.Outcome), r.Code?.Value, r.Refused?.Code))]);
}

/// <summary>Municipalities for machines; a file is the body of the request, as CSV.</summary>
public static class MunicipalitiesEndpoint
{
    public static void AddOperatorMunicipalities(this WebApplicationBuilder builder) => builder.Services.AddSingleton<PlatformMunicipalities>()
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 20, "自治体", "/operator/municipalities"));

    public static void MapOperatorMunicipalities(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/operator/municipalities");
        group.MapGet("", List);
        group.MapPut("/{code}", Change);
        group.MapPut("/{code}/former-names", Rename);
        group.MapPost("/import", Import).Accepts<byte[]>("text/csv");
        group.MapPost("/council", Council).Accepts<byte[]>("text/csv");
    }

    private static async Task<Answer<MunicipalityReply[]>> List(string? search, HttpContext context, PlatformMunicipalities municipalities) =>
        (await context.AtPlatform(_ => municipalities.List(search))).Then<MunicipalityReply[]>(all => all.Select(MunicipalityReply.Of).ToArray());

    private static async Task<Answer<MunicipalityReply>> Change(string code, MunicipalityChange request, HttpContext context, PlatformMunicipalities municipalities, CancellationToken stop) =>
        (await context.AtPlatform(work => municipalities.Change(work, code, request, stop))).Then<MunicipalityReply>(m => MunicipalityReply.Of(m));

    private static async Task<Answer<FormerNamesReply>> Rename(string code, FormerNamesRequest request, HttpContext context, PlatformMunicipalities municipalities, CancellationToken stop) =>
        (await context.AtPlatform(work => municipalities.Rename(work, code, request.Names, stop))).Then<FormerNamesReply>(m => new FormerNamesReply(m.Code.Value, m.FormerNames));

    private static async Task<Answer<ImportReply>> Import(HttpContext context, ImportMunicipalities import, CancellationToken stop) =>
        (await context.AtPlatform(async work => await import.Run(await context.Request.Bytes(stop), work.Actor, stop))).Then<ImportReply>(r => ImportReply.Of(r));

    /// <param name="from">Members from this day on, yyyy-MM-dd.</param>
    private static async Task<Answer<ImportReply>> Council(string? from, HttpContext context, ImportCouncil import, CancellationToken stop) =>
        (await context.AtPlatform<ImportReport>(async work =>
            DateOnly.TryParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? await import.Run(await context.Request.Bytes(stop), day, work.Actor, stop)
                : Refusal.Of("field_required", ("field", "from")))).Then<ImportReply>(r => ImportReply.Of(r));
}
