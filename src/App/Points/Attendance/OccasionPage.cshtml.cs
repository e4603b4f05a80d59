using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Budgets;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Attendance;

/// <summary>One occasion at the office: who was there, what each gets; single lines can be struck, then the whole is approved or declined.</summary>
public sealed class OccasionPage(DecideAttendance decide, FindOccasions find, AttendanceFiles files, ProgrammeList programmes, OfficeProgrammes office, FindBatches batches) : StaffPage
{
    private static readonly NextStep Back = new("参加の記録へ", "/office/attendance");

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty]
    public List<int> Struck { get; set; } = [];

    [BindProperty, Display(Name = "1人のポイント")]
    public string? Amount { get; set; }

    [BindProperty, Display(Name = "全員が条件に合うことの確認")]
    public string? Proven { get; set; }

    public OccasionShown Shown { get; private set; } = null!;

    public Occasion Occasion => Shown.Occasion;

    public Programme Programme { get; private set; } = null!;

    public IReadOnlyList<AttendanceOutcome> Lines { get; private set; } = [];

    public Points Rest { get; private set; }

    public GrantBatch? Batch { get; private set; }

    public bool Yearly => Programme.Kind == GrantKind.Yearly;

    public bool AsksAmount => !Yearly && Programme.Rules.Usual is null;

    public bool AsksProof => !Yearly && Programme.Rules.Eligibility == Eligibility.Proof;

    public bool MayDecide => Work.Require(Role.Officer).Ok && Occasion.State is not (OccasionState.Approved or OccasionState.Declined);

    /// <summary>It was approved, and what follows was not reached: the same button goes on.</summary>
    public bool MayGoOn => Work.Require(Role.Officer).Ok && Occasion is { State: OccasionState.Approved, Batch: null };

    public long Sum => Lines.Where(l => !l.Line.Struck).Sum(l => AttendanceFiles.Points(Occasion, Programme, l.Line)?.Value ?? 0);

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task<IActionResult> OnGet(CancellationToken stop) => await Show(stop) is { } no ? await this.Refuse(no, Back) : Page();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        Points? points = null;
        if (!string.IsNullOrWhiteSpace(Amount))
        {
            var amount = Points.Read(Amount);
            if (amount.Refused is { } bad) return this.Refuse(nameof(Amount), bad);
            points = amount.Value;
        }
        var done = await decide.Approve(Work, Occasion.Id, new AttendanceDecision(Struck, points, Proven == ProofChoices.Yes), stop);
        if (done.Ok) return this.SeeOther($"/office/attendance/{Id}");
        return done.Refused!.Code switch
        {
            "field_required" or "amount_format" => this.Refuse(nameof(Amount), done.Refused),
            "proof_required" => this.Refuse(nameof(Proven), done.Refused),
            _ => await No(done.Refused, new NextStep("行事に戻る", $"/office/attendance/{Id}")),
        };
    }

    public async Task<IActionResult> OnPostDecline(CancellationToken stop)
    {
        var done = await decide.Decline(Work, new OccasionId(Id), stop);
        return done.Refused is { } no ? await No(no, Back) : this.SeeOther("/office/attendance");
    }

    public static string Word(RecordedBy by) => by switch
    {
        RecordedBy.Card => "カード",
        RecordedBy.Code => "お店で使う番号",
        RecordedBy.Id => "マイキーID",
        RecordedBy.File => "名簿",
        _ => "施設のシステム",
    };

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await decide.One(Work, new OccasionId(Id), stop);
        if (found.Refused is { } no) return no;
        Shown = Must.Have(await find.Show(found.Value.Id, stop), "an occasion stays");
        Programme = Must.Have(await programmes.Find(Occasion.Programme, stop), "an occasion has a programme");
        (Lines, Rest) = (await files.Outcomes(Occasion, stop), (await office.Budget(Programme.Id)).Rest);
        Batch = Occasion.Batch is { Length: > 0 } sha256 ? await batches.One(Work.Office.Code, sha256, stop) : null;
        return null;
    }
}
