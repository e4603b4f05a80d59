using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Staffing;

namespace MyKey.App.Office.Joins;

/// <param name="MyKeyId">Masked.</param>
public sealed record JoinReply(string Number, string MyKeyId, long MadeMs, long UntilMs);

/// <summary><c>/api/v1/office/joins</c>: a counter confirms that it has seen the holder of a new card.</summary>
public static class JoinsEndpoint
{
    public static void AddOfficeJoins(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 29, "新しいカードをつなぐ", "/office/joins", Role.Officer, Role.SupportDesk));

    public static void MapOfficeJoins(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/office/joins/{number}");
        group.MapGet("", Get);
        group.MapPost("/confirm", Confirm);
    }

    private static async Task<Answer<JoinReply>> Get(string number, HttpContext context, RequestJoin join, CancellationToken stop) =>
        (await context.InOffice(work => join.Find(work.Member, work.Office.Code, number, stop))).Then<JoinReply>(j => Reply(j));

    private static async Task<Answer<JoinReply>> Confirm(string number, HttpContext context, RequestJoin join, CancellationToken stop) =>
        (await context.InOffice(work => join.Confirm(work.Member, work.Office.Code, number, stop))).Then<JoinReply>(j => Reply(j));

    private static JoinReply Reply(JoinRequest j) => new(j.Number, j.MyKeyId.Masked, j.MadeMs, j.UntilMs);
}
