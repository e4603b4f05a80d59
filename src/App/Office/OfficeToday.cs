using MyKey.App.Attendance;
using MyKey.App.Budgets;
using MyKey.App.Cases;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Recalls;
using MyKey.App.Settlement;
using MyKey.App.Shared.Components;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.Staffing;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office;

/// <summary>What an office has to do today, as far as this member may do it: approve, go on with a file, look after a budget.</summary>
public sealed class OfficeToday(FindGrants grants, FindBatches batches, SetBudget budgets, FindRecalls recalls, OfficeProgrammes programmes, StaffChanges changes,
    FindOccasions occasions, FindClaims claims, FindMonths months, Identity.AtTerminal.TapAlarms alarms, FindCases cases, TimeProvider clock)
{
    private const int LowPercent = 10;

    public async Task<IReadOnlyList<TodaysTask>> Of(StaffAtWork work, CancellationToken stop)
    {
        var tasks = new List<TodaysTask>();
        var (officer, approver) = (work.Require(Role.Officer).Ok, work.Require(Role.Approver).Ok);
        if (officer || approver) await Grants(tasks, work, stop);
        if (officer && await occasions.Waiting(work.Office.Code, stop) is { Count: > 0 } lists)
            tasks.Add(new("attendance", $"参加の記録が{lists.Count}件、届いています", "団体が記録した人をたしかめて、承認します。", "/office/attendance"));
        if (officer) await Budgets(tasks, work, stop);
        if (officer || approver) await Claims(tasks, work, (officer, approver), stop);
        if (work.Require(Role.StaffAdmin).Ok && await changes.Waiting(work, stop) is { Ok: true, Value: { Length: > 0 } waiting })
            tasks.Add(new("staff_changes", $"職員の変更が{waiting.Length}件、承認を待っています", "申し出た人と別の人が承認します。", "/office/staff"));
        if (await alarms.Open(work.Member, work.Office.Code, stop) is { Ok: true, Value: { Length: > 0 } many })
            tasks.Add(new("tap_alarms", $"かざされたカードの多い端末が{many.Length}件あります", "混んでいただけか、お店にたしかめます。", "/office/tap-alarms"));
        if (AnswerCase.Require(work).Ok && await cases.Waiting(work.Office.Code, stop) is > 0 and var told)
            tasks.Add(new("cases", $"問い合わせが{told}件あります", "心当たりがないという記録と、質問です。たしかめて、返事をします。", "/office/cases"));
        return tasks;
    }

    private async Task Grants(List<TodaysTask> tasks, StaffAtWork work, CancellationToken stop)
    {
        var files = await batches.InWork(work.Office.Code, stop);
        var waiting = (await grants.Waiting(work.Office.Code, stop)).Count + (await budgets.Waiting(work.Office.Code, stop)).Count + (await recalls.Waiting(work.Office.Code, stop)).Count
            + files.Count(f => f.Stage == BatchStage.Waiting);
        if (waiting > 0) tasks.Add(new("approvals", $"{waiting}件が承認を待っています", "付与や予算を、頼んだ人と別の職員がたしかめます。", "/office/approvals"));
        foreach (var file in files.Where(f => f.Stage != BatchStage.Waiting))
            tasks.Add(new("grant_batch", $"{file.FileName}（{Words.Digits(file.Lines)}件）", $"{BatchWords.Of(file.Stage)}。{Words.Moment(file.MadeMs)}に読みました。", $"/office/grants/files/{file.Sha256}"));
    }

    /// <summary>Each month of claims has a page of its own; what waits for a second person stands on all of them.</summary>
    private async Task Claims(List<TodaysTask> tasks, StaffAtWork work, (bool Officer, bool Approver) may, CancellationToken stop)
    {
        if (may.Officer)
            foreach (var (month, count) in await claims.ToApprove(work.Office.Code, stop))
                tasks.Add(new("settlement_claims", $"{month.Word}の請求が{Words.Digits(count)}件、承認を待っています", "ポイントを受け取ったお店などに払う額を見て、承認します。", $"{OfficeMonthsPage.Here}/{month}/claims"));
        if (may.Approver && (await claims.Waiting(work.Office.Code, stop)).Count(a => a.Maker != work.Member.Id.Value) is > 0 and var asked && await months.Last(stop) is { } last)
            tasks.Add(new("settlement_approvals", $"請求の承認が{asked}件、もう1人を待っています", "額が大きいので、申し出た人と別の人が承認します。", $"{OfficeMonthsPage.Here}/{last}/claims"));
    }

    private async Task Budgets(List<TodaysTask> tasks, StaffAtWork work, CancellationToken stop)
    {
        foreach (var (programme, budget) in await programmes.All(work.Office.Code, stop))
            if (programme.GrantsOn(clock.Today()) is null && budget.Rest.Value * 100 <= budget.Total.Value * LowPercent)
                tasks.Add(new("budget", $"{programme.Name}の予算が{(budget.Total == Points.Zero ? "まだありません" : "残り少なくなりました")}", $"残りは{Words.Digits(budget.Rest.Value)}ポイントです。",
                    $"/office/programmes/{programme.Id.Value}"));
    }
}

public static class OfficeTodayModule
{
    public static void AddOfficeToday(this WebApplicationBuilder builder) => builder.Services.AddSingleton<OfficeToday>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 0, "今日の仕事", "/office"));

    public static void MapOfficeToday(this WebApplication app) => app.MapGet("/api/v1/office/today", Get);

    private static async Task<Answer<IReadOnlyList<TodaysTask>>> Get(HttpContext context, OfficeToday today, CancellationToken stop) =>
        await context.InOffice<IReadOnlyList<TodaysTask>>(async work => (await today.Of(work, stop)).ToList());
}
