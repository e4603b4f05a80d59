using MyKey.App.Machines;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.PaymentServices;

/// <param name="Use"><c>direct</c>; <c>exchange</c>: on the service's own page first.</param>
/// <param name="Counter">It can be registered at a counter.</param>
public sealed record ListedServiceReply(Guid Id, string Name, string Use, string Contact, string Page, bool Counter)
{
    public static ListedServiceReply Of(PaymentService s) => new(s.Id.Value, s.Name, Words<PointsUse>.Of(s.Use), s.Contact, s.Page.OriginalString, s.Counter);
}

/// <param name="Use"><c>direct</c> or <c>exchange</c>.</param>
/// <param name="Api">Begins the addresses of docs/payment-service-interface.md.</param>
/// <param name="ClientSecret">24 to 200 characters; left out: as it was.</param>
/// <param name="State"><c>on</c> or <c>off</c>.</param>
public sealed record PaymentServiceRequest(string Name, string Use, string Contact, string Page, bool Counter, string Api, string ClientId, string? ClientSecret = null, string State = "on");

/// <param name="Proposal">What was asked for waits for another operator under <c>/api/v1/operator/proposals</c>; null: it holds.</param>
public sealed record PaymentServiceReply(Guid Id, string Name, string Use, string Contact, string Page, bool Counter, string Api, string ClientId, string State, Guid? Proposal = null)
{
    public static PaymentServiceReply Of(PaymentService s) => new(s.Id.Value, s.Name, Words<PointsUse>.Of(s.Use), s.Contact, s.Page.OriginalString, s.Counter, s.Api.OriginalString, s.ClientId, Words<PaymentServiceState>.Of(s.State));

    public static PaymentServiceReply Of(Asked<PaymentService> asked) => Of(asked.Thing) with { Proposal = asked.Proposal };
}

/// <param name="Until">The last day; left out: no end is set.</param>
public sealed record ServiceStartRequest(DateOnly From, DateOnly? Until = null);

/// <param name="Municipality">6 digits.</param>
public sealed record ServiceStartReply(Guid Service, string Municipality, DateOnly From, DateOnly? Until)
{
    public static ServiceStartReply Of(ServiceStart s) => new(s.Service.Value, s.Municipality.Value, s.From, s.Until);
}

/// <summary>Payment services for everybody, for offices and for those who run the platform.</summary>
public static class PaymentServicesEndpoint
{
    public static void AddPaymentServices(this WebApplicationBuilder builder) => builder.Services.AddSingleton<FindPaymentServices>().AddSingleton<SavePaymentService>().AddSingleton<IProposed, PaymentServiceProposed>()
        .AddSingleton<StartPaymentService>().AddSingleton<ServiceCalls>().AddSingleton<PaymentServiceKeys>().AddSingleton<ForgetPaymentSecrets>().AddSingleton<IJob>(s => s.GetRequiredService<ForgetPaymentSecrets>())
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 37, "決済サービス", OperatorServicesPage.Here, Role.Operator))
        .AddSingleton(new StaffMenu(StaffDoor.Office, 29, "決済サービス", OfficeServicesPage.Here, Role.Officer));

    public static void MapPaymentServices(this WebApplication app)
    {
        app.MapGet("/api/v1/payment-services", Listed).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/office/payment-services", Starts);
        app.MapPut("/api/v1/office/payment-services/{id:guid}", StartHere);
        var platform = app.MapGroup("/api/v1/operator/payment-services");
        platform.MapGet("", All);
        platform.MapPut("/{id:guid}", Save);
        platform.MapPut("/{id:guid}/municipalities/{municipality}", Start);
        platform.MapPost("/{id:guid}/machine-keys", AskKey);
    }

    private static async Task<Answer<List<ListedServiceReply>>> Listed(string? q, FindPaymentServices services, CancellationToken stop) => (await services.Listed(q, stop)).Select(ListedServiceReply.Of).ToList();

    private static async Task<Answer<List<PaymentServiceReply>>> All(HttpContext context, FindPaymentServices services, CancellationToken stop) =>
        await context.AtPlatform<List<PaymentServiceReply>>(async _ => (await services.All(stop)).Select(PaymentServiceReply.Of).ToList());

    private static async Task<Answer<PaymentServiceReply>> Save(Guid id, PaymentServiceRequest request, HttpContext context, SavePaymentService save, CancellationToken stop) =>
        (await context.AtPlatform<Asked<PaymentService>>(async work =>
        {
            if (Words<PointsUse>.Find(request.Use) is not { } use) return Refusal.Of("field_unknown", ("field", "use"));
            if (Words<PaymentServiceState>.Find(request.State) is not { } state) return Refusal.Of("field_unknown", ("field", "state"));
            return await save.Run(work, new WantedPaymentService(id, request.Name, use, request.Contact, request.Page, request.Counter, request.Api, request.ClientId, request.ClientSecret, state == PaymentServiceState.On), stop);
        })).Then<PaymentServiceReply>(s => PaymentServiceReply.Of(s));

    private static async Task<Answer<List<ServiceStartReply>>> Starts(HttpContext context, FindPaymentServices services, CancellationToken stop) =>
        await context.InOffice<List<ServiceStartReply>>(async work => (await services.Starts(stop: stop)).Where(s => s.Municipality == work.Office.Code).Select(ServiceStartReply.Of).ToList());

    private static async Task<Answer<ServiceStartReply>> StartHere(Guid id, ServiceStartRequest request, HttpContext context, StartPaymentService start, CancellationToken stop) =>
        (await context.InOffice(work => start.Run(work, new PaymentServiceId(id), null, (request.From, request.Until), stop))).Then<ServiceStartReply>(s => ServiceStartReply.Of(s));

    private static async Task<Answer<ServiceStartReply>> Start(Guid id, string municipality, ServiceStartRequest request, HttpContext context, StartPaymentService start, CancellationToken stop) =>
        (await context.AtPlatform(work => start.Run(work, new PaymentServiceId(id), municipality, (request.From, request.Until), stop))).Then<ServiceStartReply>(s => ServiceStartReply.Of(s));

    private static async Task<Answer<KeyAskedReply>> AskKey(Guid id, WantedServiceKey request, HttpContext context, PaymentServiceKeys keys, CancellationToken stop) =>
        (await context.AtPlatform(work => keys.Ask(work, new PaymentServiceId(id), request, stop))).Then<KeyAskedReply>(k => KeyAskedReply.Of(k));
}
