using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.PaymentServices;

/// <summary>Direct: what was received pays at once. Exchange: it has to be exchanged on the service's own page first (S1-02).</summary>
public enum PointsUse { Direct, Exchange }

public enum PaymentServiceState { On, Off }

/// <summary>Whoever pays points out as its own: a cashless payment service (S1-02, S1-40).</summary>
/// <param name="Contact">A telephone number or what else people are told to ask (S1-40).</param>
/// <param name="Page">Where the service explains its points and their last day (S1-26).</param>
/// <param name="Counter">It can be registered at a counter (S3-13).</param>
/// <param name="Api">Begins the addresses of docs/payment-service-interface.md.</param>
public sealed record PaymentService(PaymentServiceId Id, string Name, PointsUse Use, string Contact, Uri Page, bool Counter, Uri Api, string ClientId, PaymentServiceState State)
{
    public bool IsOn => State == PaymentServiceState.On;

    public static string Word(PointsUse use) => use == PointsUse.Direct ? "受け取ると、すぐに使えます" : "受け取ったあと、サービスの画面で交換してから使います";
}

/// <summary>When a service can be chosen for what a municipality grants.</summary>
/// <param name="Until">The last day; null: no end is set.</param>
public sealed record ServiceStart(PaymentServiceId Service, MunicipalityCode Municipality, DateOnly From, DateOnly? Until)
{
    public bool IsOpen(DateOnly day) => From <= day && (Until is null || day <= Until);
}

internal sealed record StoredPayment
{
    public const string All = "select id, name, points_use, contact, page_url, counter, api_url, client_id, state from inc_payment_service";

    public PaymentServiceId Id { get; init; }
    public string Name { get; init; } = "";
    public string PointsUse { get; init; } = "";
    public string Contact { get; init; } = "";
    public string PageUrl { get; init; } = "";
    public int Counter { get; init; }
    public string ApiUrl { get; init; } = "";
    public string ClientId { get; init; } = "";
    public string State { get; init; } = "";

    public PaymentService Read() => new(Id, Name, Words<PointsUse>.Stored(PointsUse), Contact, new Uri(PageUrl), Counter == 1, new Uri(ApiUrl), ClientId, Words<PaymentServiceState>.Stored(State));
}
