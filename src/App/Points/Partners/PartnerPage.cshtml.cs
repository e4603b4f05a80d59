using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>One partner: ways, terms and campaigns with their days.</summary>
public sealed class PartnerPage(PartnerCache partners) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public Partner Partner { get; private set; } = null!;

    public async Task<IActionResult> OnGet()
    {
        if ((await partners.View()).Find(Key) is not { } partner) return await this.Refuse(Refusal.Of("not_found"), PartnerFormPage.ToList);
        Partner = partner;
        return Page();
    }
}

/// <summary>A form about one partner; value hangs on it, so the one-time password is asked again.</summary>
public abstract class PartnerFormPage(PartnerCache partners) : StaffPage
{
    public static readonly NextStep ToList = new("協力会社の一覧へ", "/operator/partners");

    [BindProperty(SupportsGet = true, Name = "key")]
    public string? Key { get; set; }

    public Partner Partner { get; private set; } = null!;

    public string Back => $"/operator/partners/{Partner.Key}";

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    protected override bool AsksAgain => true;

    public async Task<IActionResult> OnGet()
    {
        if (await Load() is { } no) return await this.Refuse(no, ToList);
        Begin();
        return Page();
    }

    /// <summary>What the empty form begins with.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>The field at which a refusal is told.</summary>
    protected abstract string FieldOf(Refusal no);

    protected async Task<IActionResult> Save<T>(Func<Task<Result<T>>> change, string saved = "1")
    {
        if (await Load() is { } gone) return await this.Refuse(gone, ToList);
        if (!ModelState.IsValid) return this.Again();
        var done = await change();
        if (done.Ok) return this.SeeOther($"{Back}?saved={saved}");
        var no = done.Refused!;
        return no.Code is "confirm_required" or "id_reused" or "key_limit" ? await No(no, new NextStep("会社に戻る", Back)) : this.Refuse(FieldOf(no), no);
    }

    /// <summary>A day that has to be there; an empty one is told at its field.</summary>
    protected DateOnly Day(string field, string? typed)
    {
        var day = TypedDay.Read(typed);
        if (day is null && ModelState.IsValid) this.Note(field, Refusal.Of("field_required", ("field", field)));
        return day ?? default;
    }

    private async Task<Refusal?> Load()
    {
        if ((await partners.View()).Find(Key) is not { } partner) return Refusal.Of("not_found");
        Partner = partner;
        return null;
    }
}

/// <summary>Days as the date field of a browser has them.</summary>
public static class TypedDay
{
    private const string Form = "yyyy-MM-dd";

    /// <returns>null for an empty field, and for what is no day.</returns>
    public static DateOnly? Read(string? typed) =>
        DateOnly.TryParseExact(Typed.HalfWidth(typed), Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    public static string? Of(DateOnly? day) => day?.ToString(Form, CultureInfo.InvariantCulture);
}
