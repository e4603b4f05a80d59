using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Staffing;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Operator.Membership;

/// <summary>The applications of municipalities, open ones first.</summary>
public sealed class JoiningPage(PlatformMembership membership, RegistryCache registry) : StaffPage
{
    public const string Here = "/operator/joining";

    public IReadOnlyList<JoinApplication> All { get; private set; } = [];

    public RegistryView View { get; private set; } = null!;

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop) => (All, View) = ((await membership.List(Work, stop)).Value, await registry.View());
}

/// <summary>One application: looked at by one operator, decided by another.</summary>
public sealed class JoinPage(PlatformMembership membership, FindStaff staff, TimeProvider clock) : StaffPage
{
    private static readonly NextStep Back = new("もうしこみの一覧へ", JoiningPage.Here);

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty]
    public bool Called { get; set; }

    [BindProperty, Display(Name = "はじめの職員の職員番号")]
    public string? StaffNumber { get; set; }

    [BindProperty, Display(Name = "会員になる日"), DataType(DataType.Date)]
    public string? MemberOn { get; set; }

    [BindProperty, Display(Name = "断る理由")]
    public string? Reason { get; set; }

    public JoinApplication Application { get; private set; } = null!;

    public JoinFacts Facts { get; private set; } = null!;

    /// <summary>For whoever checked.</summary>
    public string? EnrolCode { get; private set; }

    /// <summary>For whoever approved; shown once.</summary>
    public string? EnrolUrl { get; private set; }

    public bool Own => Application.CheckedBy == Work.Member.Id;

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    private Dictionary<StaffId, string> Numbers { get; set; } = [];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        var first = Application.WishedOn < clock.Today() ? clock.Today() : Application.WishedOn;
        MemberOn = TypedDay.Of(first);
        return Page();
    }

    public async Task<IActionResult> OnPostCheck(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        if (!Called) this.Note(nameof(Called), Refusal.Of("field_required", ("field", "called")));
        var day = this.Day(nameof(MemberOn), MemberOn);
        if (!ModelState.IsValid) return this.Again();
        var done = await membership.Check(Work, Id, new JoinCheck(Called, StaffNumber, day), stop);
        if (done.Refused is { } no) return no.Code is "number_format" or "field_required" or "staff_number_taken" ? this.Refuse(nameof(StaffNumber), no) : await No(no, Back);
        return await Done(done.Value, stop);
    }

    public async Task<IActionResult> OnPostAccept(CancellationToken stop)
    {
        var done = await membership.Accept(Work, Id, stop);
        return done.Refused is { } no ? await No(no, Back) : await Done(done.Value, stop);
    }

    public async Task<IActionResult> OnPostReject(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        var done = await membership.Reject(Work, Id, Reason, stop);
        if (done.Ok) return this.SeeOther($"{JoiningPage.Here}/{Id}");
        return done.Refused!.Code is "join_decided" or "not_found" ? await No(done.Refused, Back) : this.Refuse(nameof(Reason), done.Refused);
    }

    public string NumberOf(StaffId? id) => id is { } known ? Numbers.GetValueOrDefault(known, "ほかの職員") : "";

    private async Task<IActionResult> Done(JoinStep step, CancellationToken stop)
    {
        if (step.EnrolToken is null) return this.SeeOther($"{JoiningPage.Here}/{Id}");
        await Show(stop);
        EnrolUrl = StaffChanges.EnrolUrl(HttpContext, null, step.EnrolToken);
        return Page();
    }

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await membership.Find(Work, Id, stop);
        if (found.Refused is { } no) return no;
        (Application, Facts, EnrolCode) = (found.Value, await membership.Facts(found.Value), await membership.Code(Work, Id, stop));
        Numbers = (await staff.All(stop: stop)).ToDictionary(m => m.Id, m => m.Number);
        return null;
    }
}
