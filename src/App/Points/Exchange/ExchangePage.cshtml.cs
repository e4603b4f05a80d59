using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.MyPage;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Exchange;

/// <summary>Codes and destination (S0-5007a). What is good goes on to the confirmation; a wrong code is told at its field and blocks no other there.</summary>
public sealed class ExchangePage(JudgeCoupons judge, RegistryCache registry, ReserveRule reserve, TimeProvider clock) : CitizenPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty]
    public List<string?> Codes { get; set; } = [];

    [BindProperty, Display(Name = "行き先")]
    public string? Town { get; set; }

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    /// <summary>The last day of the choice, for whoever waits.</summary>
    public DateOnly ReservedUntil { get; private set; }

    public CodeField FieldAt(int at) => new(at, at < Codes.Count ? Codes[at] : null, WrongAt(at));

    public bool IsWrong => Enumerable.Range(1, JudgeCoupons.MostCodes - 1).Any(at => WrongAt(at) is not null);

    private string? WrongAt(int at) => ModelState.TryGetValue($"{nameof(Codes)}[{at}]", out var state) && state.Errors.Count > 0 ? state.Errors[0].ErrorMessage : null;

    public async Task OnGet()
    {
        await Show();
        Id = Ids.NewV7(clock);
        if (Draft.Find(this) is { } draft) (Codes, Town) = ([.. draft.Codes], draft.Town);
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show();
        var judged = await judge.Run(Citizen.Id, new ExchangeOrder(Id, Town, Codes), stop);
        if (judged.Refused is { } no)
        {
            if (no.Code is "municipality_unknown" || no.Fact<string>("field") == "municipality") return this.Refuse(nameof(Town), no);
            return no.Code is "coupon_max" or "field_required" ? this.Refuse($"{nameof(Codes)}[0]", no) : await this.Refuse(no, new NextStep("コードを入れる画面へ", "/my/exchange"));
        }
        var lines = judged.Value.Lines;
        if (lines.All(l => l.Refused is not null))
        {
            foreach (var line in lines) this.Note($"{nameof(Codes)}[{line.Place - 1}]", line.Refused!);
            return this.Again();
        }
        new Draft(Id, Town!, [.. Codes.Select(c => c ?? "")], [.. lines.Where(l => l.Refused?.Code == "coupon_unknown").Select(l => l.Place)]).Keep(this);
        return this.SeeOther("/my/exchange/confirm");
    }

    private async Task Show()
    {
        ReservedUntil = await reserve.LastDay(clock.Today());
        if (HttpMethods.IsGet(Request.Method)) Town ??= Citizen.BaseMunicipality?.Value;
        Choices = Towns.Choices(await registry.View(), Citizen.BaseMunicipality, Destination.Choice);
    }
}

/// <summary>The field of one code: from 0, what was typed, and what is wrong with it.</summary>
public sealed record CodeField(int At, string? Typed, string? Wrong);

/// <summary>What was typed, on the way to its confirmation.</summary>
/// <param name="Unknown">Places of codes that nobody gave out: they were counted, and are not looked up again.</param>
public sealed record Draft(Guid Id, string Town, IReadOnlyList<string> Codes, IReadOnlyList<int> Unknown)
{
    /// <summary>The codes that exist, each at its place.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Known => [.. Codes.Select((code, at) => Unknown.Contains(at + 1) ? "" : code)];

    private const string Kept = "exchange";

    public void Keep(CitizenPage page) => CitizenDraft.Keep(page, Kept, this);

    public static Draft? Find(CitizenPage page) => CitizenDraft.Find<Draft>(page, Kept);

    public static void Drop(PageModel page) => CitizenDraft.Drop(page, Kept);
}
