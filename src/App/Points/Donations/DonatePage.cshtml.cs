using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.UsePoints;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Donations;

/// <summary>What was typed, on the way to its confirmation.</summary>
public sealed record DonationDraft(Guid Id, string Municipality, long Amount)
{
    public const string Kept = "donation";
}

/// <summary>Which municipality, how many points; then what that means, once more; then it is given (S0-4047).</summary>
public sealed class DonatePage(Donate donate, LedgerReading reading, TimeProvider clock) : CitizenPage
{
    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "自治体")]
    public string? Municipality { get; set; }

    [BindProperty, Display(Name = "寄附するポイント数")]
    public string? Amount { get; set; }

    /// <summary>Those that take donations and of which the citizen has something.</summary>
    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    public async Task OnGet()
    {
        await Show();
        Id = Ids.NewV7(clock);
        if (CitizenDraft.Find<DonationDraft>(this, DonationDraft.Kept) is { } draft) (Municipality, Amount) = (draft.Municipality, $"{draft.Amount}");
    }

    public async Task<IActionResult> OnPost()
    {
        await Show();
        var amount = Points.Read(Amount);
        if (amount.Refused is { } unreadable) return this.Refuse(nameof(Amount), unreadable);
        var judged = await donate.Judge(Citizen, new WantedDonation(Id, Municipality, amount.Value.Value));
        if (judged.Refused is { } no) return this.Refuse(no.Code == "amount_format" ? nameof(Amount) : nameof(Municipality), no);
        var usable = await reading.Usable(Citizen.Id, judged.Value.Code, clock.Today());
        if (amount.Value > usable) return this.Refuse(nameof(Amount), Refusal.Of("insufficient_points", ("rest", usable)));
        CitizenDraft.Keep(this, DonationDraft.Kept, new DonationDraft(Id, judged.Value.Code.Value, amount.Value.Value));
        return this.SeeOther("/my/donate/confirm");
    }

    private async Task Show()
    {
        var held = (await reading.Holdings(Citizen.Id, clock.Today())).ToDictionary(h => h.Issuer, h => h.Usable);
        Choices = [.. (await donate.Takers()).Where(m => held.ContainsKey(m.Code)).Select(m => new SelectListItem($"{m.Name}（{Shared.Components.Words.Digits(held[m.Code].Value)}ポイント）", m.Code.Value))];
    }
}

/// <summary>What is given, to whom, and that it does not come back.</summary>
public sealed class DonateConfirmPage(Donate donate, RegistryCache registry, CardOptions cards) : CitizenPage
{
    public DonationDraft Draft { get; private set; } = null!;

    public Municipality Town { get; private set; } = null!;

    [BindProperty]
    public Guid Id { get; set; }

    public async Task<IActionResult> OnGet() => await Show() ? Page() : this.SeeOther("/my/donate");

    public async Task<IActionResult> OnPost()
    {
        if (!await Show() || Draft.Id != Id) return this.SeeOther("/my/donate");
        var given = await donate.Run(Citizen, Session.RequireCard().Ok, new WantedDonation(Draft.Id, Draft.Municipality, Draft.Amount));
        if (given.Refused is { } no) return await this.Refuse(no, PasswordSum.AsksForCard(no) && cards.On ? CardEndpoints.StepUp("/my/donate/confirm") : new NextStep("寄附の画面へ", "/my/donate"));
        return this.SeeOther($"/my/donate/done/{given.Value.Receipt}");
    }

    private async Task<bool> Show()
    {
        if (CitizenDraft.Find<DonationDraft>(this, DonationDraft.Kept) is not { } draft || (await registry.View()).Find(MunicipalityCode.Of(draft.Municipality)) is not { } town) return false;
        (Draft, Town) = (draft, town);
        return true;
    }
}

/// <summary>It was given.</summary>
public sealed class DonateDonePage(LedgerReading reading, RegistryCache registry) : CitizenPage
{
    [BindProperty(SupportsGet = true, Name = "receipt")]
    public string? Receipt { get; set; }

    public HistoryLine Line { get; private set; } = null!;

    public string Town { get; private set; } = "";

    public async Task<IActionResult> OnGet()
    {
        var number = ReceiptNumber.Read(Receipt);
        if (!number.Ok || await reading.Find(number.Value, Citizen.Id) is not { Kind: TransferKind.Donate } line) return await this.Refuse(Refusal.Of("not_found"), new NextStep("マイページへ", "/my"));
        (Line, Town) = (line, (await registry.View()).Find(line.Issuer)?.Name ?? line.Issuer.Value);
        CitizenDraft.Drop(this, DonationDraft.Kept);
        return Page();
    }
}
