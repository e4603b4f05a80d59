using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Support;

/// <param name="Kind"><c>office</c>, <c>shopping_street</c>, <c>antenna_shop</c>, <c>tourist_office</c>, <c>bank</c> or <c>other</c>.</param>
/// <param name="Hours">A line each, such as <c>月-金 8:30-17:15</c> or <c>12/29-1/3 休み</c>.</param>
/// <param name="Services"><c>issue_id</c>, <c>link_cards</c>, <c>exchange_points</c>, <c>questions</c>; one at least.</param>
/// <param name="State"><c>open</c> or <c>closed</c>.</param>
public sealed record SupportPlaceRequest(string Kind, string Name, string Place, string Hours, IReadOnlyList<string> Services, DateOnly FromOn, DateOnly? UntilOn = null, string? Phone = null, string State = "open");

/// <param name="OpenNow">Only for what everybody sees.</param>
public sealed record SupportPlaceReply(Guid Id, string Municipality, string Kind, string Name, string Place, string Hours, IReadOnlyList<string> Services, string Phone, DateOnly FromOn, DateOnly? UntilOn, string State, bool OpenNow)
{
    public static SupportPlaceReply Of(SupportPlace p, TimeProvider clock) => new(p.Id, p.Municipality.Value, Words<SupportPlaceKind>.Of(p.Kind), p.Name, p.Place, p.Hours.ToString(), [.. p.Services.Select(Words<SupportHelp>.Of)], p.Phone,
        p.FromOn, p.UntilOn, Words<SupportPlaceState>.Of(p.State), p.IsOn(clock.Today()) && p.Hours.IsOpen(clock.Today(), clock.TimeOfDay()));
}

/// <param name="More">Where it goes on; null: nowhere.</param>
public sealed record QuestionReply(string Topic, string Question, string Answer, string? More);

/// <summary>What an office does with its support corners.</summary>
public sealed class OfficeSupport(SupportPlaces places)
{
    /// <returns>As <see cref="SupportPlaces.Save"/>; <c>role_forbidden</c>.</returns>
    public async Task<Result<SupportPlace>> Save(StaffAtWork work, WantedSupportPlace wanted, CancellationToken stop = default)
    {
        if (!work.Require(Role.SupportDesk).Ok && work.Require(Role.TerminalAdmin).Refused is { } forbidden) return forbidden;
        return await places.Save(wanted with { Municipality = work.Office.Code }, work.Actor, stop);
    }
}

/// <summary>Whom to ask: telephones, support corners, questions and answers (group X).</summary>
public static class SupportModule
{
    public static void AddSupport(this WebApplicationBuilder builder) => builder.Services.AddSingleton<SupportPlaces>().AddSingleton<OfficeSupport>()
        .AddSingleton(new StaffMenu(StaffDoor.Office, 29, "支援コーナー", OfficePlacesPage.Here, Role.SupportDesk, Role.TerminalAdmin));

    public static void MapSupport(this WebApplication app)
    {
        app.MapGet("/api/v1/support-places", Open).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/faq", Questions).RequireRateLimiting(RateLimits.Anonymous);
        app.MapGet("/api/v1/office/support-places", OfOffice);
        app.MapPut("/api/v1/office/support-places/{id:guid}", Save);
    }

    private static async Task<Answer<List<SupportPlaceReply>>> Open(string? municipality, SupportPlaces places, TimeProvider clock, CancellationToken stop)
    {
        MunicipalityCode? town = null;
        if (municipality is not null)
        {
            var code = MunicipalityCode.Read(municipality);
            if (code.Refused is { } no) return no;
            town = code.Value;
        }
        return (await places.Of(town, stop)).Where(p => p.IsOn(clock.Today())).Select(p => SupportPlaceReply.Of(p, clock)).ToList();
    }

    private static Answer<List<QuestionReply>> Questions(string? q) => Faq.Find(q).Select(f => new QuestionReply(f.Topic, f.Asked, f.Answer, f.More?.Href)).ToList();

    private static async Task<Answer<List<SupportPlaceReply>>> OfOffice(HttpContext context, SupportPlaces places, TimeProvider clock, CancellationToken stop) =>
        await context.InOffice<List<SupportPlaceReply>>(async work => (await places.Of(work.Office.Code, stop)).Select(p => SupportPlaceReply.Of(p, clock)).ToList());

    private static async Task<Answer<SupportPlaceReply>> Save(Guid id, SupportPlaceRequest request, HttpContext context, OfficeSupport support, TimeProvider clock, CancellationToken stop) =>
        (await context.InOffice<SupportPlace>(async work =>
        {
            if (Words<SupportPlaceKind>.Find(request.Kind) is not { } kind) return Refusal.Of("field_unknown", ("field", "kind"));
            if (Words<SupportPlaceState>.Find(request.State) is not { } state) return Refusal.Of("field_unknown", ("field", "state"));
            var services = (request.Services ?? []).Select(Words<SupportHelp>.Find).ToList();
            if (services.Contains(null)) return Refusal.Of("field_unknown", ("field", "services"));
            return await support.Save(work, new WantedSupportPlace(id, work.Office.Code, kind, request.Name, request.Place, request.Hours, [.. services.OfType<SupportHelp>()], request.Phone, request.FromOn, request.UntilOn, state), stop);
        })).Then<SupportPlaceReply>(p => SupportPlaceReply.Of(p, clock));
}
