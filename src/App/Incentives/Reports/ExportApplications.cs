using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.App.Applications;
using MyKey.App.Offers;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.App.SignIn;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;

namespace MyKey.App.Reports;

/// <summary>
/// The applications of one programme as a file, without a key that another programme's file has, too (W-D1): no MyKeyId, no inner id, no time of day. The number is a keyed hash of the person in this
/// programme: the same in its files of today and tomorrow, another in every other programme.
/// </summary>
public sealed class ExportApplications(Database database, OfficeOffers offers, ProgrammeReading ledger, FindPaymentServices services, Kek kek, OperationLog log, TimeProvider clock)
{
    internal const int RowsAtOnce = 1_000;

    private const string Purpose = "programme-export";

    private const string Next = $"""
        {ApplicationRow.All} where programme = @Programme and (made_ms, id) > (@Made, @Last) order by made_ms, id limit @RowsAtOnce
        """;

    /// <summary>That somebody takes the file is written down before its first line goes out.</summary>
    /// <returns><c>role_forbidden</c>, <c>not_found</c>, also for a draft.</returns>
    public async Task<Result<ApplicationsFile>> Begin(StaffAtWork work, ProgrammeId id, CancellationToken stop = default)
    {
        var found = await offers.One(work, id, stop);
        if (found.Refused is { } no) return no;
        if (found.Value.State == OfferState.Draft) return Refusal.Of("not_found");
        await database.Write(tx => log.Write(tx, new Operation("offer.exported", work.Actor, id.Value)), stop);
        var names = (await services.All(stop)).ToDictionary(s => s.Id, s => s.Name);
        return new ApplicationsFile(this, found.Value, work.Office.PointName, names, await kek.Derive(Purpose, stop));
    }

    /// <param name="after">The last one of the piece before.</param>
    internal Task<(IReadOnlyList<Application> Found, IReadOnlyDictionary<TransferId, EntitlementFate> Fates)> Some(Offer offer, Application? after, CancellationToken stop) =>
        database.Snapshot<(IReadOnlyList<Application>, IReadOnlyDictionary<TransferId, EntitlementFate>)>(async snapshot =>
        {
            var rows = await snapshot.QueryAsync<ApplicationRow>(Next, new { offer.Programme, Made = after?.MadeMs ?? 0, Last = after?.Id ?? new TransferId(Guid.Empty), RowsAtOnce });
            var found = rows.Select(r => r.Read()).ToList();
            var granted = found.Where(a => a.State == ApplicationState.Granted).Select(a => (a.Citizen, a.Id)).ToList();
            return (found, offer.IsClaimed && granted.Count > 0 ? await ledger.Fates(snapshot, offer.Programme, granted, clock.Today()) : new Dictionary<TransferId, EntitlementFate>());
        }, stop);
}

/// <summary>A file that is read while it is sent, so that a large one needs no more memory than a small one.</summary>
public sealed class ApplicationsFile(ExportApplications export, Offer offer, string pointName, IReadOnlyDictionary<PaymentServiceId, string> services, byte[] key)
{
    public const string ContentType = $"{MediaTypeNames.Text.Csv}; charset=utf-8";

    public async Task Send(HttpResponse response, CancellationToken stop)
    {
        response.ContentType = ContentType;
        response.Headers.ContentDisposition = "attachment; filename=applications.csv";
        await Write(response.Body, stop);
    }

    public async Task Write(Stream to, CancellationToken stop)
    {
        await to.WriteAsync(CsvText.File(CsvText.Row("番号", "申しこんだ日", "いま", "決めた日", "ポイント", "受け取り", "受け取った日", "断った理由")), stop);
        for (Application? last = null; ;)
        {
            var (some, fates) = await export.Some(offer, last, stop);
            await to.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(some.Select(a => Row(a, fates.GetValueOrDefault(a.Id))))), stop);
            if (some.Count < ExportApplications.RowsAtOnce) return;
            last = some[^1];
        }
    }

    private string Row(Application a, EntitlementFate? fate) => CsvText.Row(NumberOf(a.Person), Day(Jst.Day(a.MadeMs)), ApplicationWords.AtOffice(a.State), Day(a.Decision?.Day),
        a.Credited?.ToString() ?? "", a.State == ApplicationState.Granted ? Way(fate) : "", a.State != ApplicationState.Granted ? "" : offer.IsClaimed ? Day(fate?.Day) : Day(a.Decision?.Day), a.Reason ?? "");

    private string Way(EntitlementFate? fate) => fate?.End switch
    {
        null => offer.IsClaimed ? "" : pointName,
        EntitlementEnd.Service => fate.Service is { } service ? services.GetValueOrDefault(service, "決済サービス") : "決済サービス",
        EntitlementEnd.Municipal => pointName,
        EntitlementEnd.Lapsed => "受け取られずに失効",
        EntitlementEnd.Void => "IDの失効でなくなった",
        EntitlementEnd.Recalled => "取り戻し",
        _ => "まだ",
    };

    /// <summary>With a hyphen in it no spreadsheet takes it for a number.</summary>
    private string NumberOf(PersonKey person)
    {
        byte[] who = [.. offer.Programme.Value.Bytes(), .. person.Value.Bytes()];
        var hash = Convert.ToHexStringLower(HMACSHA256.HashData(key, who));
        return $"{hash[..8]}-{hash[8..16]}";
    }

    private static string Day(DateOnly? day) => day is { } d ? $"{d:yyyy-MM-dd}" : "";
}
