using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;

namespace MyKey.App.Mail;

/// <summary>Mails that did not go out, and two buttons for each.</summary>
public sealed class UnsentPage(UnsentMails mails) : StaffPage
{
    public const string Here = "/operator/mails";

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public IReadOnlyList<UnsentMail> Mails { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop) => Mails = await mails.All(stop);

    public async Task<IActionResult> OnPostSend(CancellationToken stop) =>
        (await mails.SendAgain(Work, Id, stop)).Refused is { } no ? await this.Refuse(no, new NextStep("送れないメールへ", Here)) : this.SeeOther($"{Here}?done=send");

    public async Task<IActionResult> OnPostDrop(CancellationToken stop) =>
        (await mails.Drop(Work, Id, stop)).Refused is { } no ? await this.Refuse(no, new NextStep("送れないメールへ", Here)) : this.SeeOther($"{Here}?done=drop");

    public static string Say(UnsentMail mail) => mail.Notice is { } notice ? NoticeWords.Subject(notice) : "番号のメール";

    public static string Why(UnsentMail mail) => mail.Answer.StartsWith("SMTP 5", StringComparison.Ordinal) ? $"受け取れないと言われました（{mail.Answer}）"
        : mail.Answer == "silent" ? "メールサーバーの答えがありません" : mail.Answer == "fault" ? "こちらの不具合です" : $"いまは受け取れないと言われました（{mail.Answer}）";
}
