using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Shared.Components;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Cases;

/// <summary>The same case for somebody who stands at the desk: who, which line, and the number to take home. The ID travels in forms, never in an address.</summary>
public sealed class OfficeNewCasePage(CasesAtDesk desk, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "受付番号")]
    public string? Receipt { get; set; }

    [BindProperty, Display(Name = "日")]
    public string? Day { get; set; }

    [BindProperty, Display(Name = "どの記録ですか")]
    public string? Line { get; set; }

    [BindProperty, Display(Name = "ご本人の話")]
    public string? Said { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    /// <summary>The lines that were found.</summary>
    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    /// <summary>Something was looked for in vain.</summary>
    public bool Nothing { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.SupportDesk];

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Seek(stop) is { } no) return this.Refuse(FieldOf(no), no);
        (Nothing, Id) = (Choices.Count == 0, Ids.NewV7(clock));
        ModelState.Clear();
        return Page();
    }

    public async Task<IActionResult> OnPostOpen(CancellationToken stop)
    {
        var chosen = (Line ?? "").Split(' ');
        if (chosen.Length != 2) return await Again(nameof(Line), Refusal.Of("field_required", ("field", nameof(Line))), stop);
        var opened = await desk.Open(Work, MyKeyId, new WantedCase(Id, chosen[0], chosen[1], Said), stop);
        if (opened.Ok) return this.SeeOther($"/office/cases/{opened.Value.Case.Number.Digits}?saved=opened");
        var no = opened.Refused!;
        return await Again(no.Code is "too_large" or "field_unknown" or "my_number_refused" or "pan_refused" ? nameof(Said) : nameof(Line), no, stop);
    }

    private async Task<IActionResult> Again(string field, Refusal no, CancellationToken stop) =>
        await Seek(stop) is { } gone ? this.Refuse(FieldOf(gone), gone) : this.Refuse(field, no);

    private async Task<Refusal?> Seek(CancellationToken stop)
    {
        var sought = await desk.Seek(Work, MyKeyId, Receipt, TypedDay.Read(Day), stop);
        if (sought.Refused is { } no) return no;
        Choices = [.. sought.Value.Lines.Select(l => new SelectListItem($"{Words.Moment(l.Row.TimeMs)}　{l.Row.What}　{l.Points}　{CaseWords.Way(l.Way)} {Words.Digits(l.Amount.Value)}", $"{l.History} {l.Row.Receipt}"))];
        return null;
    }

    private static string FieldOf(Refusal no) => no.Code == "field_required" ? nameof(Receipt) : nameof(MyKeyId);
}
