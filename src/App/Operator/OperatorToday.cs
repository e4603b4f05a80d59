using MyKey.App.Audits;
using MyKey.App.Cases;
using MyKey.App.Claims;
using MyKey.App.LinkedExchange;
using MyKey.App.Mail;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.SiteEvents;
using MyKey.App.Staffing;
using MyKey.App.StreetCards;

namespace MyKey.App.Operator;

/// <summary>What the operators have to do today.</summary>
public sealed class OperatorToday(StaffChanges changes, HeldReserved held, LinkOrders orders, SiteEventRows events, ChargeOrders charges, ClaimRows claims, FindCases cases, DecideProposal proposals, UnsentMails mails, ShowAudits audits, DecideJoin joins)
{
    public async Task<IReadOnlyList<TodaysTask>> Of(StaffAtWork work, CancellationToken stop)
    {
        var tasks = new List<TodaysTask>();
        if (await audits.Open(stop) is not 0 and var found)
            tasks.Add(new("audits", found is null ? "夜の点検が、1日より長く終わっていません" : $"記録の点検で、合わないところが{found}件あります", "記録が書きかえられていないか、たしかめます。", AuditsPage.Here));
        var waiting = await changes.Waiting(work, stop);
        if (waiting is { Ok: true, Value: { Length: > 0 } all }) tasks.Add(new("staff_changes", $"職員の変更が{all.Length}件、承認を待っています", "申し出た人と別の人が承認します。", "/operator/staff"));
        if (await joins.Open(stop) is > 0 and var asked) tasks.Add(new("joining", $"参加のもうしこみが{asked}件あります", "自治体の代表電話にかけてたしかめ、別の人が承認します。", "/operator/joining"));
        if ((await proposals.Waiting(stop)).Count is > 0 and var proposed) tasks.Add(new("proposals", $"会社やサイトの変更が{proposed}件、承認を待っています", "申し出た人と別の人が、中身を見て承認します。", "/operator/proposals"));
        if (await held.Count(stop) is > 0 and var count) tasks.Add(new("reserved_held", $"行き先のない留保ポイントが{count}件あります", "期限がすぎても、基本の自治体に移せません。", "/operator/reserved"));
        var stuck = await orders.Stuck(stop);
        if (stuck.Count > 0) tasks.Add(new("link_orders", $"会社のポイントの交換が{stuck.Count}件、とちゅうです", "会社の答えをたしかめます。", "/operator/link-orders"));
        if ((await events.Unheard(stop)).Count is > 0 and var unheard) tasks.Add(new("site_events", $"サイトへの知らせが{unheard}件、とどいていません", "サイトが答えるか、たしかめます。", "/operator/site-events"));
        if ((await charges.Stuck(stop)).Count is > 0 and var open) tasks.Add(new("charges", $"カードへのチャージが{open}件、とちゅうです", "カードの会社の答えをたしかめます。", "/operator/street-cards"));
        if ((await claims.Stuck(stop)).Count is > 0 and var claimed) tasks.Add(new("claims", $"ポイントの受取が{claimed}件、とちゅうです", "決済サービスの答えをたしかめます。", StuckClaimsPage.Here));
        if ((await mails.All(stop)).Count is > 0 and var unsent) tasks.Add(new("mails", $"送れないメールが{unsent}件あります", "メールサーバーが答えるか、たしかめます。", "/operator/mails"));
        if (await cases.Waiting(null, stop) is > 0 and var told) tasks.Add(new("cases", $"問い合わせが{told}件あります", "心当たりがないという記録と、質問です。たしかめて、返事をします。", "/operator/cases"));
        return tasks;
    }
}

public static class OperatorTodayModule
{
    public static void AddOperatorToday(this WebApplicationBuilder builder) => builder.Services.AddSingleton<OperatorToday>()
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 0, "今日の仕事", "/operator"));

    public static void MapOperatorToday(this WebApplication app) => app.MapGet("/api/v1/operator/today", Get);

    private static async Task<Answer<IReadOnlyList<TodaysTask>>> Get(HttpContext context, OperatorToday today, CancellationToken stop) =>
        await context.AtPlatform<IReadOnlyList<TodaysTask>>(async work => (await today.Of(work, stop)).ToList());
}
