using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using MyKey.App.Partners;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.LinkedExchange;

/// <summary>An order of the partner as the partner sees it; where the points went is the citizen's own matter.</summary>
/// <param name="Id">The partner's own number.</param>
/// <param name="Order">Our number, under which the partner is asked to debit.</param>
/// <param name="State"><c>ordered</c>, <c>asking</c>, <c>debited</c>: under way; <c>posted</c>: the points are there; <c>refused</c>: nothing was debited; <c>stuck</c>: our operators look at it; <c>ended</c>.</param>
/// <param name="Points">The partner's; they become <paramref name="Worth"/> at <paramref name="Rate"/>.</param>
public sealed record PartnerOrderReply(Guid Id, Guid Order, string State, long Points, long Worth, string Rate)
{
    public static PartnerOrderReply Of(LinkOrder o) => new(o.PartnerOrder!.Value, o.Id.Value, Words<LinkOrderState>.Of(o.State), o.Points, o.Worth.Value, o.Rate.ToString());
}

/// <summary><c>/api/v1/partner/orders</c>: exchanges that begin on the partner's own pages (docs/partner-interface.md), for its system with its key; each order is signed as well.</summary>
public static class PartnerOrdersEndpoint
{
    private const int LargestBody = 4 * 1024;

    public static void MapPartnerOrders(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/partner/orders");
        group.MapPost("", Take).Accepts<PartnerOrderRequest>("application/json").Produces<PartnerOrderReply>(StatusCodes.Status201Created).Produces<PartnerOrderReply>();
        group.MapGet("/{id:guid}", Get);
    }

    private static async Task<Answer<PartnerOrderReply>> Take(HttpContext context, PartnerKeys keys, TakePartnerOrder take, LinkOrders orders, IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json, CancellationToken stop)
    {
        var by = await keys.Of(context);
        if (by.Refused is { } nobody) return nobody;
        if (!context.Request.HasJsonContentType()) return Refusal.Of("media_type");
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LargestBody;
        var body = await Read(context, stop);
        if (body.Refused is { } unread) return unread;
        var headers = context.Request.Headers;
        var signed = new PartnerSignature(headers["webhook-id"].FirstOrDefault(), headers["webhook-timestamp"].FirstOrDefault(), headers["webhook-signature"].FirstOrDefault());
        if (await take.Verify(by.Value.Partner, signed, body.Value, stop) is { } forged) return forged;
        if (Parse(body.Value, json.Value.SerializerOptions) is not { } wanted) return Refusal.Of("body_unreadable");
        var repeated = await orders.Find(by.Value.Partner.Id, wanted.Id, stop) is not null;
        var taken = await take.Run(by.Value, wanted, stop);
        if (taken.Refused is { } no) return no;
        var reply = PartnerOrderReply.Of(taken.Value);
        return repeated ? reply : Answer.Created<PartnerOrderReply>(reply);
    }

    private static async Task<Answer<PartnerOrderReply>> Get(Guid id, HttpContext context, PartnerKeys keys, LinkOrders orders, CancellationToken stop)
    {
        var by = await keys.Of(context);
        if (by.Refused is { } nobody) return nobody;
        return await orders.Find(by.Value.Partner.Id, id, stop) is { } order ? PartnerOrderReply.Of(order) : Refusal.Of("not_found");
    }

    /// <summary>The very bytes, for they are what was signed.</summary>
    private static async Task<Result<string>> Read(HttpContext context, CancellationToken stop)
    {
        try
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            return await reader.ReadToEndAsync(stop);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refusal.Of("too_large");
        }
    }

    private static PartnerOrderRequest? Parse(string body, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize<PartnerOrderRequest>(body, options) is { Link: not null } wanted && wanted.Id != Guid.Empty ? wanted : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
