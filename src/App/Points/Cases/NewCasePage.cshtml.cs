using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Cases;

/// <summary>A line that its citizen does not recognise, ready to be sent: a sentence may be added, nothing has to be (S0-5011, S0-5013). The form carries the id of the case.</summary>
public sealed class NewCasePage(CaseLines lines, FindCases find, OpenCase open, RegistryCache registry, TimeProvider clock) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "history")]
    public string? History { get; set; }

    [BindProperty(SupportsGet = true, Name = "receipt")]
    public string? Receipt { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "つたえたいこと")]
    public string? Said { get; set; }

    public CaseLine Line { get; private set; } = null!;

    /// <summary>Who looks after it.</summary>
    public string Desk { get; private set; } = "";

    /// <summary>Whoever has told of the line already is led to what became of it.</summary>
    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Show(stop) is { } no) return await this.Refuse(no);
        if (await find.About(Citizen.Id, Line, stop) is { } told) return this.SeeOther(told.Path);
        Id = Ids.NewV7(clock);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } unknown) return await this.Refuse(unknown);
        var opened = await open.Run(Citizen, new WantedCase(Id, History, Receipt, Said), Actor.Of(Citizen.Id), stop);
        if (opened.Ok) return this.SeeOther($"{opened.Value.Case.Path}?sent=1");
        var no = opened.Refused!;
        return no.Code is "too_large" or "field_unknown" or "my_number_refused" or "pan_refused" ? this.Refuse(nameof(Said), no) : await this.Refuse(no, new NextStep("知らせた記録と質問を見る", "/my/cases"));
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await lines.Find(Citizen, History, Receipt, stop);
        if (found.Refused is { } no) return no;
        (Line, Desk) = (found.Value, CaseWords.Desk(found.Value.Desk, await registry.View()));
        return null;
    }
}
