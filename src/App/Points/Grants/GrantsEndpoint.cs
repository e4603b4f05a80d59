using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Grants;

/// <param name="Id">UUID made by the caller; an Idempotency-Key header, if sent, must equal it.</param>
/// <param name="Points">From 1.</param>
/// <param name="ExpiresOn">Last day of the points; left out: by the programme's rule.</param>
/// <param name="Occasion">Counts once per person, up to 60 characters.</param>
/// <param name="Proven">Where the programme asks for a proof: the officer has seen it.</param>
public sealed record GrantRequest(Guid Id, Guid Programme, string MyKeyId, long Points, DateOnly? ExpiresOn = null, string? Occasion = null, bool Proven = false);

/// <param name="State"><c>posted</c>, <c>waiting</c> for another officer, <c>made</c> while it is being posted, <c>withdrawn</c>.</param>
/// <param name="Points">What was granted; while it waits, what was asked for.</param>
/// <param name="Asked">What was asked for.</param>
/// <param name="Capped">Only the rest was granted: the person's fiscal year leaves no more.</param>
/// <param name="Receipt">When posted, e.g. <c>04-7K2M-9QXD-3</c>.</param>
public sealed record GrantReply(Guid Id, string State, Guid Programme, long Points, DateOnly ExpiresOn, string Occasion, string? Receipt, long Asked, bool Capped);

/// <summary><c>/api/v1/office/grants</c>: 201 the first time, 200 on a repeat; what waits for approval is 201 with <c>waiting</c>. A machine with <c>grants.write</c> grants and reads, too.</summary>
public static class GrantsEndpoint
{
    public static void AddGrants(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<GrantConditions>().AddSingleton<YearCaps.YearCap>().AddSingleton<GrantPoints>().AddSingleton<GrantPosting>().AddSingleton<DecideGrant>().AddSingleton<FindGrants>().AddSingleton<GrantReceipts>();
        builder.Services.AddSingleton<PostLeftGrants>().AddSingleton<IJob>(s => s.GetRequiredService<PostLeftGrants>());
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 10, "付与", "/office/grants", Role.Officer));
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 15, "承認", "/office/approvals", Role.Approver, Role.Officer));
    }

    public static void MapGrants(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/grants");
        group.MapPost("/", Post).Produces<GrantReply>(StatusCodes.Status201Created).Produces<GrantReply>();
        group.MapGet("/waiting", Waiting);
        group.MapGet("/{id:guid}", Get);
        group.MapPost("/{id:guid}/approve", Approve);
        group.MapPost("/{id:guid}/withdraw", Withdraw);
    }

    private static async Task<Answer<GrantReply>> Post(GrantRequest request, HttpContext context, GrantPoints grants, FindGrants find, GrantReceipts receipts, RegistryCache registry, CancellationToken stop)
    {
        if (context.Request.Headers["Idempotency-Key"].FirstOrDefault() is { } key && (!Guid.TryParse(key, out var same) || same != request.Id)) return Refusal.Of("id_reused");
        var granter = await Granter.Of(context, registry);
        if (granter.Refused is { } no) return no;
        var repeated = await find.One(new TransferId(request.Id), stop) is not null;
        var order = new GrantOrder(new TransferId(request.Id), new ProgrammeId(request.Programme), request.MyKeyId, request.Points, request.ExpiresOn, request.Occasion) { Proven = request.Proven };
        var granted = await grants.Run(granter.Value, order, stop);
        if (granted.Refused is { } refused) return refused;
        var reply = await receipts.Reply(granted.Value);
        return repeated ? reply : Answer.Created<GrantReply>(reply);
    }

    private static async Task<Answer<List<GrantReply>>> Waiting(HttpContext context, FindGrants find, GrantReceipts receipts, CancellationToken stop) =>
        await context.InOffice<List<GrantReply>>(async work =>
        {
            var replies = new List<GrantReply>();
            foreach (var grant in await find.Waiting(work.Office.Code, stop)) replies.Add(await receipts.Reply(grant));
            return replies;
        });

    private static async Task<Answer<GrantReply>> Get(Guid id, HttpContext context, FindGrants find, GrantReceipts receipts, RegistryCache registry, CancellationToken stop)
    {
        var town = MachineShell.HasKey(context) ? (await Granter.Of(context, registry)).Then<Municipality>(g => g.Municipality) : (await context.Staff(StaffDoor.Office)).Then<Municipality>(w => w.Office);
        if (town.Refused is { } no) return no;
        return await find.One(new TransferId(id), stop) is { } grant && grant.Municipality == town.Value.Code ? await receipts.Reply(grant) : Refusal.Of("not_found");
    }

    private static async Task<Answer<GrantReply>> Approve(Guid id, HttpContext context, DecideGrant decide, GrantReceipts receipts, CancellationToken stop) =>
        await context.InOffice<GrantReply>(async work =>
        {
            var approved = await decide.Approve(work, new TransferId(id), stop);
            return approved.Refused is { } refused ? refused : await receipts.Reply(approved.Value);
        });

    private static async Task<Answer<bool>> Withdraw(Guid id, HttpContext context, DecideGrant decide, CancellationToken stop) =>
        await context.InOffice(work => decide.Withdraw(work, new TransferId(id), stop));
}

/// <summary>A grant with the number that it has in the ledger.</summary>
public sealed class GrantReceipts(LedgerReading reading, Buckets buckets)
{
    public async Task<ReceiptNumber?> Of(Grant grant) =>
        grant.State == GrantState.Posted && await reading.Find(buckets.Of(grant.Citizen.Value), grant.Id) is { } line ? line.Receipt : null;

    public async Task<GrantReply> Reply(Grant grant) =>
        new(grant.Id.Value, Words<GrantState>.Of(grant.State), grant.Programme.Value, grant.Moves.Value, grant.ExpiresOn, grant.Occasion, (await Of(grant))?.ToString(),
            grant.Amount.Value, grant.Capped);
}
