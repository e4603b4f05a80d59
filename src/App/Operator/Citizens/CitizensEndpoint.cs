using System.Net.Mime;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.Operator.Citizens;

/// <param name="State"><c>active</c>, <c>suspended</c> or <c>revoked</c>.</param>
public sealed record CitizenReply(string MyKeyId, string State);

/// <summary>Suspend, resume and extract (S0-1022a–c); the session is the cookie of the operator.</summary>
public static class CitizensEndpoint
{
    public static void AddOperatorCitizens(this WebApplicationBuilder builder) => builder.Services.AddSingleton<ExtractCitizen>()
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 10, "マイキーID", "/operator/citizens"));

    public static void MapOperatorCitizens(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/operator/citizens/{myKeyId}");
        group.MapGet("", Find);
        group.MapPost("/suspend", Suspend);
        group.MapPost("/resume", Resume);
        group.MapGet("/extract", Extract).Produces<CitizenExtract>(contentType: MediaTypeNames.Application.Json, additionalContentTypes: MediaTypeNames.Text.Csv);
    }

    private static async Task<Answer<CitizenReply>> Find(string myKeyId, HttpContext context, FindCitizen citizens, CancellationToken stop) => await context.AtPlatform<CitizenReply>(async _ =>
    {
        var id = MyKeyId.ReadTyped(myKeyId);
        if (id.Refused is { } no) return no;
        return await citizens.ById(id.Value, stop) is { } citizen ? Reply(citizen) : Refusal.Of("not_found");
    });

    private static async Task<Answer<CitizenReply>> Suspend(string myKeyId, ReasonRequest request, HttpContext context, SuspendCitizen citizens, CancellationToken stop) =>
        await Change(myKeyId, context, (work, id) => citizens.Suspend(work.Member, id, request.Reason, stop));

    private static async Task<Answer<CitizenReply>> Resume(string myKeyId, ReasonRequest request, HttpContext context, SuspendCitizen citizens, CancellationToken stop) =>
        await Change(myKeyId, context, (work, id) => citizens.Resume(work.Member, id, request.Reason, stop));

    /// <summary>JSON, or CSV for whoever accepts only that.</summary>
    private static async Task<IResult> Extract(string myKeyId, string? reason, HttpContext context, ExtractCitizen extract, CancellationToken stop)
    {
        var found = await context.AtPlatform(work => extract.Run(work, myKeyId, reason, stop));
        if (!found.Ok || !context.Request.Headers.Accept.ToString().StartsWith(MediaTypeNames.Text.Csv, StringComparison.OrdinalIgnoreCase)) return (Answer<CitizenExtract>)found;
        return Results.File(found.Value.Csv(), $"{MediaTypeNames.Text.Csv}; charset=utf-8");
    }

    private static Task<Result<CitizenReply>> Change(string myKeyId, HttpContext context, Func<StaffAtWork, MyKeyId, Task<Result<Citizen>>> change) => context.AtPlatform<CitizenReply>(async work =>
    {
        var id = MyKeyId.ReadTyped(myKeyId);
        if (id.Refused is { } no) return no;
        return (await change(work, id.Value)).Then<CitizenReply>(c => Reply(c));
    });

    private static CitizenReply Reply(Citizen citizen) => new(citizen.MyKeyId.Value, Words<CitizenState>.Of(citizen.State));
}
