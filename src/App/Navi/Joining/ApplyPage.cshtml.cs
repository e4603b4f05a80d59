using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Navi.Joining;

/// <summary>参加のもうしこみ: what the office is called, where it is reached, what it wants and when. Nothing of a person.</summary>
public sealed class ApplyPage(ApplyToJoin apply, TimeProvider clock) : PageModel
{
    /// <summary>Made with the form, so that sending it twice asks once.</summary>
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "自治体の番号か名前")]
    public string? Municipality { get; set; }

    [BindProperty, Display(Name = "担当課の電話")]
    public string? Phone { get; set; }

    [BindProperty, Display(Name = "担当課のメールアドレス")]
    public string? Mailbox { get; set; }

    [BindProperty, Display(Name = "始めたい日")]
    public string? WishedOn { get; set; }

    [BindProperty]
    public string[] Wanted { get; set; } = [];

    public void OnGet() => (Id, WishedOn) = (Ids.NewV7(clock), TypedDay.Of(clock.Today().AddMonths(1)));

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var day = this.Day(nameof(WishedOn), WishedOn);
        if (!ModelState.IsValid) return this.Again();
        var asked = await apply.Run(new WantedJoin(Id, Municipality, Phone, Mailbox, day, Wanted), JoiningEndpoint.Visitor, stop);
        if (asked.Ok) return this.SeeOther($"/navi/joining/{asked.Value.Id}");
        var no = asked.Refused!;
        return this.Refuse((no.Code, no.Fact<string>("field")) switch
        {
            ("phone_format", _) or (_, "phone") => nameof(Phone),
            ("mail_format", _) => nameof(Mailbox),
            ("out_of_period", _) or (_, "wishedOn") => nameof(WishedOn),
            (_, "wanted") or ("field_unknown", _) => nameof(Wanted),
            _ => nameof(Municipality),
        }, no);
    }
}

/// <summary>What has become of an application: whoever has its address sees it.</summary>
public sealed class AppliedPage(DecideJoin decide, RegistryCache registry) : PageModel
{
    public JoinApplication Application { get; private set; } = null!;

    public Municipality? Municipality { get; private set; }

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        var found = await decide.Find(id, stop);
        if (found.Refused is { } no) return await this.Refuse(no, new NextStep("参加のもうしこみへ", "/navi/joining"));
        (Application, Municipality) = (found.Value, (await registry.View()).Find(found.Value.Municipality));
        return Page();
    }
}
