using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.OperationSearch;

/// <param name="ByKind"><c>citizen</c>, <c>staff</c>, <c>terminal</c>, <c>machine</c> or <c>job</c>.</param>
/// <param name="By">Id of whoever did it; an office sees none of a citizen.</param>
/// <param name="ByName">Staff number, or label of a terminal or machine.</param>
/// <param name="Citizen">Inner id, for the platform only.</param>
public sealed record OperationReply(long TimeMs, string Action, string ByKind, Guid? By, string? ByName, Guid? Subject, Guid? Citizen, Guid? Terminal, string? Before, string? After, string? Reason)
{
    public static OperationReply Of(FoundOperation line, FoundOperations found) => new(line.Place.TimeMs, line.Action, Words<ActorKind>.Of(line.Actor.Kind), line.Actor.Id == Guid.Empty ? null : line.Actor.Id,
        found.Names.GetValueOrDefault(line.Actor.Id), line.Subject, line.Citizen?.Value, line.Terminal, line.Before, line.After, line.Reason);
}

/// <param name="Next">For <c>after</c> of the next call; null at the end.</param>
public sealed record OperationsReply(IReadOnlyList<OperationReply> Operations, string? Next);

/// <summary>The search of the operation log over the API, under <c>/api/v1/operator/operations</c> and <c>/api/v1/office/operations</c>.</summary>
public static class OperationsEndpoint
{
    public static void AddOperationSearch(this WebApplicationBuilder builder) => builder.Services.AddSingleton<FindOperations>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 90, "操作の記録", "/office/operations", Role.StaffAdmin))
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 90, "操作の記録", "/operator/operations"));

    public static void MapOperationSearch(this WebApplication app)
    {
        foreach (var door in new[] { StaffDoor.Office, StaffDoor.Operator })
        {
            app.MapGet($"/api/v1{door.Home}/operations", ([AsParameters] OperationSearch search, HttpContext context, FindOperations find, CancellationToken stop) => Search(door, search, context, find, stop));
        }
    }

    private static async Task<Answer<OperationsReply>> Search(StaffDoor door, OperationSearch search, HttpContext context, FindOperations find, CancellationToken stop) =>
        (await context.At(door, work => find.Run(work, search, stop))).Then<OperationsReply>(found => new OperationsReply([.. found.Lines.Select(l => OperationReply.Of(l, found))], found.Next));
}
