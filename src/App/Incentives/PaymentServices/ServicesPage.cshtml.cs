using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.PaymentServices;

/// <summary>The payment services for everybody, with contact and whether a counter can register them (S3-18).</summary>
public sealed class ServicesPage(FindPaymentServices services) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Words { get; set; }

    public IReadOnlyList<PaymentService> Found { get; private set; } = [];

    public async Task OnGet(CancellationToken stop) => Found = await services.Listed(Words, stop);
}

/// <summary>One of them: how its points are used, and from when it can be chosen where (S1-02, S1-26, S1-36).</summary>
public sealed class ServicePage(FindPaymentServices services, RegistryCache registry, TimeProvider clock) : PageModel
{
    public PaymentService Service { get; private set; } = null!;

    /// <summary>Municipalities where it can be chosen today, or later.</summary>
    public IReadOnlyList<(string Name, ServiceStart Start)> Places { get; private set; } = [];

    public DateOnly Today { get; } = clock.Today();

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        if (await services.Find(new PaymentServiceId(id), stop) is not { IsOn: true } service) return await this.Refuse(Refusal.Of("not_found"), new NextStep("決済サービスの一覧へ", "/payment-services"));
        Service = service;
        var view = await registry.View();
        Places = [.. (await services.Starts(service.Id, stop)).Where(s => s.Until is null || s.Until >= Today).Select(s => (view.Find(s.Municipality)?.FullName ?? s.Municipality.Value, s))];
        return Page();
    }
}
