using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Operator.Municipalities;

/// <summary>One municipality: whether it issues points, under which name and for how long (S4-20, S2-P14b).</summary>
public sealed class MunicipalityPage(PlatformMunicipalities municipalities) : StaffPage
{
    private static readonly NextStep Back = new("自治体の一覧へ", "/operator/municipalities");

    [BindProperty(SupportsGet = true, Name = "code")]
    public string? Code { get; set; }

    [BindProperty, Display(Name = "ポイントの名前")]
    public string? Brand { get; set; }

    [BindProperty, Display(Name = "発行する人")]
    public string? Issuer { get; set; }

    [BindProperty, Display(Name = "期限の長さ")]
    public string? Length { get; set; }

    [BindProperty, Display(Name = "期限の単位")]
    public string? Unit { get; set; }

    [BindProperty, Display(Name = "ポイントの発行")]
    public string? State { get; set; }

    [BindProperty, Display(Name = "前の名前")]
    public string? FormerNames { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public Municipality Municipality { get; private set; } = null!;

    public IReadOnlyList<SelectListItem> Issuers { get; } = [new("自治体", "public"), new("自治体のほか（期限は6か月まで）", "private")];

    public IReadOnlyList<SelectListItem> Units { get; } = [new("か月", "months"), new("日", "days")];

    public IReadOnlyList<SelectListItem> States { get; } = [new("まだ始めない", "listed"), new("発行する", "live"), new("終える（残りのポイントは使える）", "closed")];

    public async Task<IActionResult> OnGet() => await Show() is { } no ? await this.Refuse(no, Back) : Page();

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        if (await Show() is { } gone) return await this.Refuse(gone, Back);
        int? length = string.IsNullOrWhiteSpace(Length) ? null : int.TryParse(Typed.HalfWidth(Length), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;
        var changed = await municipalities.Change(Work, Code, new MunicipalityChange(Brand, Issuer ?? "", Unit == "days" ? length : null, Unit == "days" ? null : length, State ?? ""), stop);
        if (changed.Ok) return this.SeeOther($"/operator/municipalities/{Municipality.Code.Value}?saved=1");
        var no = changed.Refused!;
        var field = no.Facts.Select(f => f.Value as string).FirstOrDefault(f => f is "expiry" or "issuer" or "state") ?? (no.Code == "out_of_period" ? "expiry" : "brand");
        return this.Refuse(field switch { "expiry" => nameof(Length), "issuer" => nameof(Issuer), "state" => nameof(State), _ => nameof(Brand) }, no);
    }

    public async Task<IActionResult> OnPostFormer(CancellationToken stop)
    {
        var typed = FormerNames;
        if (await Show() is { } gone) return await this.Refuse(gone, Back);
        var renamed = await municipalities.Rename(Work, Code, typed, stop);
        return renamed.Refused is { } no ? this.Refuse(nameof(FormerNames), no) : this.SeeOther($"/operator/municipalities/{Municipality.Code.Value}?saved=1");
    }

    private void Fill()
    {
        (Brand, Issuer, State) = (Municipality.Brand, Words<IssuerKind>.Of(Municipality.Issuer), Words<MunicipalityState>.Of(Municipality.State));
        (Length, Unit) = Municipality.Expiry switch { null => (null, "months"), { Months: > 0 } e => ($"{e.Months}", "months"), { } e => ($"{e.Days}", "days") };
        FormerNames = Municipality.FormerNames;
    }

    private async Task<Refusal?> Show()
    {
        var found = await municipalities.Find(Code);
        if (found.Refused is { } no) return no;
        Municipality = found.Value;
        if (!HttpMethods.IsPost(Request.Method)) Fill();
        return null;
    }
}
