using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Programmes;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.Terminals;
using MyKey.App.UsePoints;
using MyKey.Kernel;

namespace MyKey.App.Attendance;

/// <summary>The list of one occasion at an organiser's device: who was there, by ID, one-time code, card or file; then it goes to the office.</summary>
[RequestSizeLimit(AttendanceEndpoint.MostBytes)]
public sealed class RecordPage(RecordAttendance record, AddAttendance add, AttendanceFiles files, ProgrammeList programmes, CardAtTerminal cards, TimeProvider clock) : RecordingPage
{
    private static readonly NextStep Back = new("行事の一覧へ", Home);

    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    /// <summary><c>card</c>: waits for a card.</summary>
    [BindProperty(SupportsGet = true, Name = "by")]
    public string? By { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    [BindProperty]
    public Guid Line { get; set; }

    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "お店で使う番号")]
    public string? Code { get; set; }

    [BindProperty, Display(Name = "役割")]
    public string? Part { get; set; }

    [BindProperty, Display(Name = "回数か時間")]
    public string? Counted { get; set; }

    [BindProperty, Display(Name = "CSVファイル")]
    public IFormFile? Csv { get; set; }

    public static IReadOnlyList<Microsoft.AspNetCore.Mvc.Rendering.SelectListItem> Parts { get; } = [new("参加者", "member"), new("リーダー", "leader")];

    public Occasion Occasion { get; private set; } = null!;

    public Programme Programme { get; private set; } = null!;

    /// <summary>The newest first.</summary>
    public IReadOnlyList<AttendanceOutcome> Lines { get; private set; } = [];

    /// <summary>What came of the card before.</summary>
    public Refusal? Card { get; private set; }

    /// <summary>What a file said that is not on the list.</summary>
    public AttendanceFile? Read { get; private set; }

    public bool Waits { get; private set; }

    public bool Open => Occasion.State == OccasionState.Recording;

    public bool TakesCards => cards.TakesCards;

    public bool AsksPart => Programme.Rules.Leader is not null;

    public bool AsksCount => Programme.Kind == GrantKind.Yearly;

    public int Good => Lines.Count(l => l.Good);

    private string Here => $"{Home}/{Id}";

    public async Task<IActionResult> OnGet(string? card, CancellationToken stop)
    {
        if (await Show(stop) is { } no) return await this.Refuse(no, Back);
        (Line, Part, Counted, Card) = (Ids.NewV7(clock), Parts[0].Value, "1", RecordByCard.RefusalOf(card));
        Waits = By == "card" && Open && cards.TakesCards && Card is null;
        if (!Waits) return Page();
        ShellCookie.Occasion.Set(HttpContext, Id.ToString());
        await cards.AwaitTap(HttpContext, Terminal);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        var counted = AsksCount ? AddAttendance.Count(Counted) : 1;
        if (counted is null) return this.Refuse(nameof(Counted), Refusal.Of("count_format"));
        if (string.IsNullOrWhiteSpace(MyKeyId)) return this.Refuse(nameof(MyKeyId), Refusal.Of("field_required", ("field", nameof(MyKeyId))));
        var added = await add.Run(Recorder, Occasion.Id, new NewAttendance(Line, MyKeyId, Code, Leads: AsksPart && Part == "leader", Counted: counted.Value), stop);
        if (added.Ok) return this.SeeOther($"{Here}?done=1");
        var no = added.Refused!;
        if (no.Code is "occasion_closed" or "id_reused") return await this.Refuse(no, new NextStep("行事に戻る", Here));
        return this.Refuse(no.Code.StartsWith("code_", StringComparison.Ordinal) ? nameof(Code) : nameof(MyKeyId), no);
    }

    public async Task<IActionResult> OnPostRemove(CancellationToken stop) => await To(await record.Remove(Recorder, new OccasionId(Id), Line, stop));

    public async Task<IActionResult> OnPostSend(CancellationToken stop) => await To(await record.Send(Recorder, new OccasionId(Id), stop));

    public async Task<IActionResult> OnPostTakeBack(CancellationToken stop) => await To(await record.TakeBack(Recorder, new OccasionId(Id), stop));

    public async Task<IActionResult> OnPostFile(CancellationToken stop)
    {
        if (await Show(stop) is { } gone) return await this.Refuse(gone, Back);
        (Line, Part, Counted) = (Ids.NewV7(clock), Parts[0].Value, "1");
        if (Csv is null or { Length: 0 }) return this.Refuse(nameof(Csv), Refusal.Of("field_required", ("field", nameof(Csv))));
        var read = await add.File(Recorder, Occasion.Id, await Csv.Bytes(stop), stop);
        if (read.Refused is { } no) return this.Refuse(nameof(Csv), no);
        if (read.Value.Refused.All(r => r.Code == "already_recorded")) return this.SeeOther($"{Here}?done={read.Value.Recorded}");
        Read = read.Value;
        await Show(stop);
        return this.Again();
    }

    private async Task<IActionResult> To<T>(Result<T> done) => done.Refused is { } no ? await this.Refuse(no, new NextStep("行事に戻る", Here)) : this.SeeOther(Here);

    private async Task<Refusal?> Show(CancellationToken stop)
    {
        var found = await record.One(Recorder.Organiser, new OccasionId(Id), stop);
        if (found.Refused is { } no) return no;
        Occasion = found.Value;
        Programme = Must.Have(await programmes.Find(Occasion.Programme, stop), "an occasion has a programme");
        Lines = [.. (await files.Outcomes(Occasion, stop)).Reverse()];
        return null;
    }
}
