using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Attendance;

/// <summary>An organiser's start: an occasion is begun with its name, and those of before are found again with what became of them.</summary>
public sealed class OccasionsPage(RecordAttendance record, FindOccasions find, TimeProvider clock) : RecordingPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "施策")]
    public string? Programme { get; set; }

    [BindProperty, Display(Name = "行事の名前")]
    public string? Name { get; set; }

    [BindProperty, Display(Name = "行事の日")]
    public string? HeldOn { get; set; }

    /// <summary>The device was registered just now.</summary>
    [BindProperty(SupportsGet = true, Name = "ready")]
    public string? Ready { get; set; }

    public IReadOnlyList<SelectListItem> Programmes { get; private set; } = [];

    public IReadOnlyList<OccasionShown> All { get; private set; } = [];

    public async Task OnGet(CancellationToken stop)
    {
        await Show(stop);
        (Id, HeldOn, Programme) = (Ids.NewV7(clock), TypedDay.Of(clock.Today()), Programmes.Count > 0 ? Programmes[0].Value : null);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show(stop);
        var day = this.Day(nameof(HeldOn), HeldOn);
        if (!Ids.TryRead<ProgrammeId>(Programme, out var programme)) this.Note(nameof(Programme), Refusal.Of("field_required", ("field", nameof(Programme))));
        if (!ModelState.IsValid) return this.Again();
        var opened = await record.Open(Recorder, new NewOccasion(new OccasionId(Id), programme, Name, day), stop);
        return opened.Refused is { } no ? this.Refuse(FieldOf(no), no) : this.SeeOther($"{Home}/{opened.Value.Id.Value}");
    }

    public static string Word(OccasionState state) => state switch
    {
        OccasionState.Recording => "記録しています",
        OccasionState.Sent => "役場に送りました",
        OccasionState.Approved => "役場が承認しました",
        _ => "役場が断りました",
    };

    private async Task Show(CancellationToken stop)
    {
        Programmes = [.. (await record.Programmes(Recorder.Organiser, stop)).Select(p => new SelectListItem(p.Name, p.Id.Value.ToString()))];
        All = await find.Of(Recorder.Organiser.Id, stop);
    }

    private static string FieldOf(Refusal no) => no.Code switch
    {
        "not_started" or "out_of_period" => nameof(HeldOn),
        "programme_not_recorded" or "organiser_ended" => nameof(Programme),
        _ => nameof(Name),
    };
}
