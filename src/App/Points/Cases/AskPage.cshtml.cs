using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Cases;

/// <summary>Whom, what about, and the question itself: one page, and then its number (S0-1022d). The form carries the id of the case.</summary>
public sealed class AskPage(AskDesk ask, TimeProvider clock) : CitizenPage
{
    public const string Here = "/my/cases/ask";

    /// <summary>The value of the choice that stands for the operators.</summary>
    private const string Platform = "platform";

    public static IReadOnlyList<SelectListItem> Topics { get; } = [.. Enum.GetValues<QuestionTopic>().Select(t => new SelectListItem(CaseWords.Topic(t), Words<QuestionTopic>.Of(t)))];

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "だれに")]
    public string? Desk { get; set; }

    [BindProperty, Display(Name = "なにについて")]
    public string? Topic { get; set; }

    [BindProperty, Display(Name = "質問")]
    public string? Said { get; set; }

    public IReadOnlyList<SelectListItem> Desks { get; private set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        await Show(stop);
        (Id, Desk) = (Ids.NewV7(clock), Desks[0].Value);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show(stop);
        if (string.IsNullOrEmpty(Desk)) return this.Refuse(nameof(Desk), Refusal.Of("field_required", ("field", nameof(Desk))));
        var asked = await ask.Run(Citizen, new WantedQuestion(Id, Desk == Platform ? null : Desk, Topic, Said), stop);
        if (asked.Ok) return this.SeeOther($"{asked.Value.Case.Path}?sent=1");
        var no = asked.Refused!;
        if (no.Code is "case_limit" or "id_reused" or "busy") return await this.Refuse(no, new NextStep("知らせた記録と質問を見る", "/my/cases"));
        return this.Refuse(FieldOf(no), no);
    }

    private static string FieldOf(Refusal no) => no.Code == "municipality_unknown" ? nameof(Desk) : no.Fact<string>("field") == "topic" ? nameof(Topic) : nameof(Said);

    private async Task Show(CancellationToken stop) =>
        Desks = [.. (await ask.Desks(Citizen, stop)).Select(m => new SelectListItem($"{m.FullName}の役所", m.Code.Value)), new SelectListItem(CaseWords.Platform, Platform)];
}
