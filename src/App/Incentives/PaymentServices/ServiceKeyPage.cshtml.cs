using Microsoft.AspNetCore.Mvc;
using MyKey.App.Machines;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.PaymentServices;

/// <summary>Asks for a key of a payment service's system.</summary>
public sealed class ServiceKeyPage(FindPaymentServices services, PaymentServiceKeys keys, TimeProvider clock) : KeyRequestPage<PaymentService>(Keyed(services), clock)
{
    public Task<IActionResult> OnPost(CancellationToken stop) => Save(() => keys.Ask(Work, Found.Id, new WantedServiceKey(Id, Label ?? "", EachNetwork, ValidDays), stop), "key");

    private static KeyedThings<PaymentService> Keyed(FindPaymentServices services) => new(
        async key => Guid.TryParse(key, out var id) ? await services.Find(PaymentServiceId.Of(id)) : null,
        service => $"{OperatorServicesPage.Here}/{service.Id.Value}", new NextStep("決済サービスの一覧へ", OperatorServicesPage.Here), "決済サービスに戻る");
}
