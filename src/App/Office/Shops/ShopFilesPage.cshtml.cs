using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>Shops by file, screen 1: which file.</summary>
[RequestSizeLimit(ImportAcceptors.MostBytes)]
public sealed class ShopFilesPage(OfficePlaces details) : StaffPage
{
    [BindProperty, Display(Name = "CSVファイル")]
    public IFormFile? Csv { get; set; }

    public IReadOnlyList<AcceptorFile> Files { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task OnGet(CancellationToken stop) => Files = (await details.Files(Work, stop)).Value;

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await OnGet(stop);
        if (Csv is null or { Length: 0 }) return this.Refuse(nameof(Csv), Refusal.Of("field_required", ("field", nameof(Csv))));
        var looked = await details.Look(Work, await Csv.Bytes(stop), stop);
        return looked.Refused is { } no ? this.Refuse(nameof(Csv), no) : this.SeeOther($"/office/shops/files/{looked.Value.Sha256}");
    }
}

/// <summary>Screens 2 and 3: what becomes of each line, and that it was taken in.</summary>
public sealed class ShopFilePage(OfficePlaces details) : StaffPage
{
    public const int Shown = 25, Faults = 200;

    private static readonly NextStep Back = new("お店のファイルへ", "/office/shops/files");

    [BindProperty(SupportsGet = true, Name = "hash")]
    public string Hash { get; set; } = "";

    [BindProperty(SupportsGet = true, Name = "after")]
    public int After { get; set; }

    public AcceptorFile Stored { get; private set; } = null!;

    public IReadOnlyList<AcceptorFileLine> Lines { get; private set; } = [];

    public IReadOnlyList<AcceptorFileLine> Rows { get; private set; } = [];

    public int? Next { get; private set; }

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var found = await details.One(Work, Hash, stop);
        if (found.Refused is { } no) return await this.Refuse(no, Back);
        (Stored, Lines) = found.Value;
        var rest = Lines.Where(l => l.Line > After).Take(Shown + 1).ToList();
        (Rows, Next) = ([.. rest.Take(Shown)], rest.Count > Shown ? rest[Shown - 1].Line : null);
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var taken = await details.Take(Work, Hash, stop);
        return taken.Refused is { } no ? await this.Refuse(no, Back) : this.SeeOther($"/office/shops/files/{Hash}");
    }

    public static string? Fault(AcceptorFileLine line)
    {
        if (line.Refused is not { } refused) return null;
        var (what, rule, next) = refused.Sentences();
        var column = refused.Fact<string>("field") is { } field && refused.Code is "field_required" or "too_large" or "number_format" ? $"「{Column(refused.Fact<string>("field")!)}」　" : "";
        return $"{column}{what}。{rule}。{next}。";
    }

    public static string Word(ImportOutcome outcome) => outcome switch { ImportOutcome.Added => "新しいお店", ImportOutcome.Changed => "変わります", ImportOutcome.Unchanged => "同じです", _ => "取りこめません" };

    private static string Column(string field) => field switch { "kana" => "カナ", "oldNames" => "旧名", "address" => "住所", "access" => "行き方", "phone" => "電話", "web" => "ウェブ", "ways" => "使い方", _ => field };
}
