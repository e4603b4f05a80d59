using MyKey.App.Applications;
using MyKey.App.Claims;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Sittings;

/// <summary>Something that was done in a sitting, as its paper tells it.</summary>
/// <param name="Number">By which it is found again; null: it has none.</param>
/// <param name="Facts">Words and what stands beside them.</param>
public sealed record SittingLine(string What, string? Number, long AtMs, IReadOnlyList<(string Word, string Value)> Facts);

/// <summary>What a citizen has done since the sitting began, out of the rows themselves: nothing is kept for the paper.</summary>
public sealed class FindSitting(FindApplications applications, ApplicationRules rules, MyPaymentAccounts accounts, FindPaymentServices services, ClaimRows claims, ProgrammeList programmes, RegistryCache registry)
{
    private const int DigitsShown = 12;

    /// <summary>In the order in which it was done.</summary>
    public async Task<IReadOnlyList<SittingLine>> Of(CitizenId citizen, long sinceMs, CancellationToken stop = default)
    {
        var lines = new List<SittingLine>();
        foreach (var one in (await applications.Of(citizen, stop)).Where(a => a.MadeMs >= sinceMs)) lines.Add(await Applied(one, stop));
        var all = await services.All(stop);
        foreach (var one in (await accounts.Of(citizen, stop)).Where(a => a.MadeMs >= sinceMs))
            lines.Add(new SittingLine("受け取り先を登録しました", null, one.MadeMs, [("決済サービス", NameOf(all, one.Service)), ("決済サービスID", $"終わりが{one.Tail}")]));
        var view = await registry.View();
        foreach (var one in (await claims.Of(citizen, stop)).Where(c => c.AtMs.Ordered >= sinceMs))
            lines.Add(new SittingLine("ポイントの受取申請をしました", Number(one.Id), one.AtMs.Ordered,
            [
                ("施策", (await programmes.Find(one.Programme, stop))?.Name ?? ""), ("ポイント", Shared.Components.Words.InWords(one.Points)),
                ("受け取り先", one.To is { } to ? NameOf(all, to.Service) : view.NameOfPoints(one.Municipality)), ("いま", Claim.Word(one.State)),
            ]));
        return [.. lines.OrderBy(l => l.AtMs)];
    }

    private async Task<SittingLine> Applied(Application one, CancellationToken stop)
    {
        var offer = (await rules.Offered(one.Programme, stop)).Value.Offer;
        return new SittingLine("施策に申しこみました", Number(one.Id), one.MadeMs,
        [
            ("施策", offer.Texts.Title), ("ポイント", Shared.Components.Words.InWords(one.Credited ?? one.Amount)), ("いま", ApplicationWords.Of(one.State)),
            ("問い合わせ先", $"{offer.Texts.Contact.Desk} {offer.Texts.Contact.Number}".Trim()),
        ]);
    }

    private static string NameOf(IReadOnlyList<PaymentService> all, PaymentServiceId id) => all.FirstOrDefault(s => s.Id == id)?.Name ?? "決済サービス";

    private static string Number(TransferId id) => id.Value.ToString("N")[^DigitsShown..];
}
