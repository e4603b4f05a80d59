using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.PaymentAccounts;

/// <param name="SecurityCode">Goes to the service once and is kept nowhere.</param>
public sealed record PaymentAccountRequest(Guid? Service, string? ServiceId, string? SecurityCode)
{
    public override string ToString() => $"{Service}";
}

/// <param name="Tail">Last characters of the service ID.</param>
/// <param name="State"><c>live</c>; <c>invalid</c>: the service no longer knows it.</param>
public sealed record PaymentAccountReply(Guid Id, Guid Service, string Tail, string State, long MadeMs)
{
    public static PaymentAccountReply Of(PaymentAccount a) => new(a.Id, a.Service.Value, a.Tail, Words<AccountState>.Of(a.State), a.MadeMs);
}

/// <summary><c>/api/v1/my/payment-accounts</c>.</summary>
public static class PaymentAccountsEndpoint
{
    public static void AddPaymentAccounts(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AccountSecrets>().AddSingleton<MyPaymentAccounts>();
        builder.Services.AddSingleton(services => new WithRevocation((tx, citizen) => services.GetRequiredService<MyPaymentAccounts>().RemoveAll(tx, citizen)));
    }

    public static void MapPaymentAccounts(this WebApplication app)
    {
        var mine = app.MapGroup("/api/v1/my/payment-accounts").RequireRateLimiting(RateLimits.Attempts);
        mine.MapGet("", List);
        mine.MapPost("", Add);
        mine.MapDelete("/{id:guid}", Remove);
    }

    private static async Task<Answer<List<PaymentAccountReply>>> List(HttpContext context, MyPaymentAccounts accounts, CancellationToken stop) =>
        await context.AsCitizen<List<PaymentAccountReply>>(async citizen => (await accounts.Of(citizen.Id, stop)).Select(PaymentAccountReply.Of).ToList());

    private static async Task<Answer<PaymentAccountReply>> Add(PaymentAccountRequest request, HttpContext context, MyPaymentAccounts accounts, SignedIn signedIn, CancellationToken stop) =>
        (await context.AsCitizen(citizen => accounts.Add(signedIn.Session, citizen.Id, new TypedAccount(request.Service, request.ServiceId, request.SecurityCode), stop))).Then<PaymentAccountReply>(a => PaymentAccountReply.Of(a));

    private static async Task<Answer<bool>> Remove(Guid id, HttpContext context, MyPaymentAccounts accounts, CancellationToken stop) => await context.AsCitizen<bool>(async citizen =>
        await accounts.Remove(citizen.Id, id, stop) ? true : Refusal.Of("not_found"));
}
