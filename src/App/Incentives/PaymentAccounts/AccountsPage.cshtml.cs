using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.PaymentServices;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.PaymentAccounts;

/// <summary>マイ決済サービス: the accounts of a citizen, and one more (S1-25b).</summary>
public sealed class AccountsPage(MyPaymentAccounts accounts, FindPaymentServices services, CardOptions cards) : CitizenPage
{
    public const string Here = "/my/payment-accounts";

    [BindProperty, Display(Name = "決済サービスの名前")]
    public Guid? Service { get; set; }

    [BindProperty, Display(Name = "決済サービスID")]
    public string? Number { get; set; }

    [BindProperty, Display(Name = "セキュリティコード")]
    public string? Code { get; set; }

    [BindProperty]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true, Name = "done")]
    public string? Done { get; set; }

    public IReadOnlyList<(PaymentAccount Account, PaymentService? Service)> Mine { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Choices { get; private set; } = [];

    public bool ByCard => Session.RequireCard().Ok;

    /// <summary>To card and PIN, and back; null where no card can be read.</summary>
    public string? CardPath => cards.On ? CardEndpoints.AskPath(Purpose.StepUp, Here) : null;

    public Task OnGet(CancellationToken stop) => Show(stop);

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await Show(stop);
        var typed = new TypedAccount(Service, Number, Code);
        Code = null;
        ModelState.SetModelValue(nameof(Code), null, "");
        var added = await accounts.Add(Session, Citizen.Id, typed, stop);
        if (added.Ok) return this.SeeOther($"{Here}?done=added");
        var no = added.Refused!;
        if (no.Code is "step_up_required" or "account_limit") return await this.Refuse(no, new NextStep("マイ決済サービスへ", Here));
        return this.Refuse(no.Fact<string>("field") switch { "service" => nameof(Service), "securityCode" => nameof(Code), _ => no.Code is "not_found" or "counter_unsupported" ? nameof(Service) : nameof(Number) }, no);
    }

    public async Task<IActionResult> OnPostRemove(CancellationToken stop)
    {
        await accounts.Remove(Citizen.Id, Id, stop);
        return this.SeeOther($"{Here}?done=removed");
    }

    private async Task Show(CancellationToken stop)
    {
        var all = await services.All(stop);
        Mine = [.. (await accounts.Of(Citizen.Id, stop)).Select(a => (a, all.FirstOrDefault(s => s.Id == a.Service)))];
        Choices = [new("選んでください", ""), .. all.Where(s => s.IsOn).Select(s => new SelectListItem(Session.IsSitting && !s.Counter ? $"{s.Name}（窓口では登録できません）" : s.Name, s.Id.Value.ToString()))];
    }
}
