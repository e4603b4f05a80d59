using MyKey.App.OnlineSites;
using MyKey.App.Partners;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Sessions;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Whose claims a call may see.</summary>
/// <param name="Creditors">An acceptor, or those of a site.</param>
public sealed record ClaimCall(IReadOnlyList<Guid> Creditors, Actor By);

/// <summary>
/// Claims of whoever took points: of a shop at its terminal (opened with the shop's own code) or by its system's key, of an online site by its key; and statements of a partner by its key.
/// </summary>
public static class CreditorSettlementEndpoint
{
    public static void MapCreditorSettlement(this WebApplication app)
    {
        Claims(app.MapGroup("/api/v1/claims"), Shop);
        Claims(app.MapGroup("/api/v1/online/claims"), Site);
        var partner = app.MapGroup("/api/v1/partner/statements");
        partner.MapGet("/{month}", Statements);
        partner.MapPost("/{month}/{municipality}/confirm", Confirm);
        partner.MapPost("/{month}/{municipality}/dispute", Dispute);
    }

    private delegate Task<Result<ClaimCall>> Who(HttpContext context, CancellationToken stop);

    private static void Claims(RouteGroupBuilder group, Who who)
    {
        group.MapGet("", async Task<Answer<SettlementClaimReply[]>> (string? until, HttpContext context, FindClaims find, TimeProvider clock, CancellationToken stop) =>
        {
            var call = await who(context, stop);
            if (call.Refused is { } no) return no;
            var last = until is null ? SettlementMonth.Of(clock.Today()) : SettlementMonth.Read(until);
            if (last is not { } month) return Refusal.Of("number_format", ("field", "until"));
            var all = new List<MonthClaim>();
            foreach (var creditor in call.Value.Creditors) all.AddRange(await find.Of(creditor, month, stop));
            return all.OrderByDescending(c => c.Month.Number).Select(SettlementClaimReply.Of).ToArray();
        });
        group.MapGet("/{id:guid}/postings", async Task<Answer<SettledPostingsReply>> (Guid id, string? after, HttpContext context, FindClaims find, FindLines lines, CancellationToken stop) =>
        {
            var call = await who(context, stop);
            if (call.Refused is { } no) return no;
            return await find.Find(id, stop) is { } claim && call.Value.Creditors.Contains(claim.Creditor) ? (await lines.Postings(claim, after, stop)).Then<SettledPostingsReply>(f => SettledPostingsReply.Of(f)) : Refusal.Of("not_found");
        });
        group.MapPost("/{id:guid}/claim", async Task<Answer<SettlementClaimReply>> (Guid id, HttpContext context, ClaimMonth claims, FindClaims find, CancellationToken stop) =>
            await Own(await who(context, stop), id, find, (creditor, by) => claims.Run(creditor, id, by, stop)));
        group.MapPost("/{id:guid}/object", async Task<Answer<SettlementClaimReply>> (Guid id, ReasonRequest request, HttpContext context, ClaimMonth claims, FindClaims find, CancellationToken stop) =>
            await Own(await who(context, stop), id, find, (creditor, by) => claims.Object(creditor, id, request.Reason, by, stop)));
    }

    private static async Task<Result<SettlementClaimReply>> Own(Result<ClaimCall> call, Guid id, FindClaims find, Func<Guid, Actor, Task<Result<MonthClaim>>> what)
    {
        if (call.Refused is { } no) return no;
        if (await find.Find(id) is not { } claim || !call.Value.Creditors.Contains(claim.Creditor)) return Refusal.Of("not_found");
        return (await what(claim.Creditor, call.Value.By)).Then<SettlementClaimReply>(c => SettlementClaimReply.Of(c));
    }

    /// <summary>A terminal only while it is open: others stand at it, too.</summary>
    private static async Task<Result<ClaimCall>> Shop(HttpContext context, CancellationToken stop)
    {
        var till = await context.Till(stop);
        if (till.Refused is { } unknown) return unknown;
        if (till.Value.Require(TerminalCall.DayList).Refused is { } forbidden) return forbidden;
        if (till.Value.Holder is not { } shop) return Refusal.Of("role_forbidden");
        if (till.Value.Actor.Kind == ActorKind.Terminal)
        {
            var session = await context.RequestServices.GetRequiredService<OpenSessions>().Find(ShellCookie.Shop.Read(context), SessionKind.Terminal, stop);
            if (session.Refused is { } closed) return closed;
            if (session.Value.Terminal != till.Value.Id) return Refusal.Of("login_required");
        }
        return new ClaimCall([shop], till.Value.Actor);
    }

    private static async Task<Result<ClaimCall>> Site(HttpContext context, CancellationToken stop) =>
        (await context.RequestServices.GetRequiredService<OnlineSiteKeys>().Of(context)).Then<ClaimCall>(c => new ClaimCall([.. c.Site.Sellers.Select(s => s.Acceptor.Value).Distinct()], c.By));

    private static async Task<Answer<StatementReply[]>> Statements(string month, HttpContext context, PartnerKeys keys, FindMonths months, FindStatements find, CancellationToken stop)
    {
        var by = await keys.Of(context);
        if (by.Refused is { } nobody) return nobody;
        var closed = await months.Closed(month, stop);
        if (closed.Refused is { } no) return no;
        return await Told(context, await find.Of(by.Value.Partner.Id, closed.Value.Month, stop), stop);
    }

    /// <summary>With the account into which each is paid: whoever reads it by its key is who pays there.</summary>
    private static async Task<StatementReply[]> Told(HttpContext context, IReadOnlyList<Statement> statements, CancellationToken stop)
    {
        var (accounts, partners) = (context.RequestServices.GetRequiredService<FindAccounts>(), context.RequestServices.GetRequiredService<PartnerCache>());
        var into = await accounts.PayInto(statements.Select(s => s.Municipality).ToHashSet(), stop);
        return [.. OfficeSettlementEndpoint.Replies(statements, await partners.View()).Zip(statements, (reply, s) => reply with { PayInto = into.TryGetValue(s.Municipality, out var account) ? PayIntoReply.Of(account) : null })];
    }

    private static Task<Answer<StatementReply>> Confirm(string month, string municipality, HttpContext context, PartnerKeys keys, AnswerStatement answer, CancellationToken stop) =>
        Answered(context, keys, by => answer.Run(by, month, municipality, null, stop), stop);

    private static Task<Answer<StatementReply>> Dispute(string month, string municipality, ReasonRequest request, HttpContext context, PartnerKeys keys, AnswerStatement answer, CancellationToken stop) =>
        Answered(context, keys, by => answer.Run(by, month, municipality, request.Reason ?? "", stop), stop);

    private static async Task<Answer<StatementReply>> Answered(HttpContext context, PartnerKeys keys, Func<(Identity.Machines.Machine Machine, PartnerId Partner), Task<Result<Statement>>> answer, CancellationToken stop)
    {
        var by = await keys.Of(context);
        if (by.Refused is { } nobody) return nobody;
        var done = await answer((by.Value.Machine, by.Value.Partner.Id));
        return done.Refused is { } no ? no : (await Told(context, [done.Value], stop))[0];
    }
}
