using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Kernel;

namespace MyKey.App.MyPage;

/// <param name="MyKeyId">8 letters and digits; left out: one is generated.</param>
/// <param name="Municipality">Base municipality, 6 digits.</param>
/// <param name="Password">Left out: there is none yet.</param>
public sealed record MyIdRequest(string Municipality, string? MyKeyId = null, string? Password = null);

/// <param name="MyKeyId">The wished ID; left out: one is generated.</param>
/// <param name="Instead">The ID that it replaces; another one has been replaced already, and nothing changes.</param>
public sealed record MyNewIdRequest(string? MyKeyId = null, string? Instead = null);

public sealed record MyIdReply(string MyKeyId);

/// <param name="Municipality">New base municipality; left out: stays.</param>
/// <param name="TapOff">true: no payment by a tapped card alone; left out: stays.</param>
public sealed record MySettingsRequest(string? Municipality = null, bool? TapOff = null);

public sealed record MySettingsReply(string MyKeyId, string? Municipality, bool TapOff);

/// <param name="Old">Needed in a session by ID and password, not in a card session (S0-5005b).</param>
public sealed record MyPasswordRequest(string Password, string? Old = null);

/// <param name="Password">Of a citizen; a card logs in by docs/card-protocol.md.</param>
public sealed record MySessionRequest(string MyKeyId, string Password);

/// <summary>What a citizen sets, for machines; the session is the citizen's cookie.</summary>
public static class MySettingsEndpoint
{
    public static void MapMySettings(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/my").RequireRateLimiting(RateLimits.Attempts);
        group.MapPost("/sessions", LogIn).Produces<MyIdReply>(StatusCodes.Status201Created);
        group.MapPost("/id", SetUp).Produces<MyIdReply>(StatusCodes.Status201Created);
        group.MapPut("/id", NewId);
        group.MapPut("/settings", Change);
        group.MapPut("/password", Password);
    }

    private static async Task<Answer<MyIdReply>> LogIn(MySessionRequest request, HttpContext context, LoginByPassword login, FindCitizen citizens, CancellationToken stop)
    {
        var typed = new TypedPassword(request.MyKeyId, request.Password, ClientNetwork.Of(context.Connection.RemoteIpAddress), ShellCookie.Device.Read(context));
        var done = await login.Login(typed, ShellCookie.Citizen.Read(context), stop);
        if (done.Refused is { } no) return no;
        ShellCookie.Citizen.Set(context, done.Value.SessionToken);
        ShellCookie.Device.Set(context, done.Value.DeviceToken);
        var citizen = Must.Have(await citizens.Get(done.Value.Citizen, stop), "who logs in exists");
        return Answer.Created<MyIdReply>(new MyIdReply(citizen.MyKeyId.Value));
    }

    private static async Task<Answer<MyIdReply>> SetUp(MyIdRequest request, HttpContext context, FirstSetUp setUp, CardReturn card, CancellationToken stop)
    {
        var order = new SetUpOrder(request.MyKeyId, request.Municipality, request.Password, ClientNetwork.Of(context.Connection.RemoteIpAddress), ShellCookie.Device.Read(context));
        var issued = await setUp.Run(ShellCookie.Citizen.Read(context), await card.IssueMode(), order, stop);
        if (issued.Refused is { } no) return no;
        var reply = new MyIdReply(issued.Value.Id.Value);
        return issued.Value.New ? Answer.Created<MyIdReply>(reply) : reply;
    }

    private static async Task<Answer<MyIdReply>> NewId(MyNewIdRequest request, HttpContext context, ChangeMyKeyId change, CardReturn card, SignedIn signedIn, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var changed = await change.Change(signedIn.Session, await card.IssueMode(), new NewMyKeyId(request.MyKeyId, request.Instead), stop);
        return changed.Then<MyIdReply>(c => new MyIdReply(c.Id.Value));
    }

    private static async Task<Answer<MySettingsReply>> Change(MySettingsRequest request, HttpContext context, ChangeSettings change, RegistryCache registry, SignedIn signedIn, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        if (request.Municipality is { } code)
        {
            var town = Towns.Chosen(await registry.View(), code);
            if (town.Refused is { } unknown) return unknown;
            citizen = await change.SetBaseMunicipality(signedIn.Session, town.Value.Code, stop);
        }
        if (citizen.Ok && request.TapOff is { } off) citizen = await change.SwitchTap(signedIn.Session, off, stop);
        return citizen.Then<MySettingsReply>(c => new MySettingsReply(c.MyKeyId.Value, c.BaseMunicipality?.Value, c.TapOff));
    }

    private static async Task<Answer<bool>> Password(MyPasswordRequest request, HttpContext context, SetPassword set, SignedIn signedIn, CancellationToken stop)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var typed = new NewPassword(request.Password, request.Old, ClientNetwork.Of(context.Connection.RemoteIpAddress), ShellCookie.Device.Read(context));
        return (await set.Set(signedIn.Session, typed, stop)).Then<bool>(_ => true);
    }
}
