using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Sessions;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Terminals;

/// <summary>A page of the terminal shell: only a registered terminal gets in (S4-06a), and the frame says which one it is.</summary>
public abstract class TerminalPage : PageModel
{
    private static readonly NextStep Enrol = new("この端末を登録する", "/terminal/enrol");

    public Terminal Terminal { get; private set; } = null!;

    public RegistryView Registry { get; private set; } = null!;

    /// <summary>The shop this terminal stands in.</summary>
    public Acceptor Shop { get; private set; } = null!;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var services = HttpContext.RequestServices;
        Response.Headers.CacheControl = "no-store";
        var found = await services.GetRequiredService<FindTerminal>().ByToken(ShellCookie.Terminal.Read(HttpContext), HttpContext.RequestAborted);
        Registry = await services.GetRequiredService<RegistryCache>().View();
        if (found.Refused is { } no)
        {
            context.Result = await this.Refuse(no, no.Code == "terminal_unknown" ? Enrol : null);
            return;
        }
        Terminal = found.Value;
        if (Terminal.Holder is not { } holder || Registry.Find(new AcceptorId(holder)) is not { } shop)
        {
            context.Result = await this.Refuse(Refusal.Of("role_forbidden"));
            return;
        }
        Shop = shop;
        Tell(services.GetRequiredService<Frame>(), services.GetRequiredService<Caller>());
        await next();
    }

    /// <summary>Why what only the shop may do waits for its code: no session that was opened by it on this very terminal.</summary>
    protected async Task<Refusal?> NotOpen(OpenSessions sessions, CancellationToken stop)
    {
        var session = await sessions.Find(ShellCookie.Shop.Read(HttpContext), SessionKind.Terminal, stop);
        return session.Refused ?? (session.Value.Terminal == Terminal.Id ? null : Refusal.Of("login_required"));
    }

    private void Tell(Frame frame, Caller caller)
    {
        (caller.Actor, caller.Terminal) = (Actor.Of(Terminal.Id), Terminal.Id);
        frame.Who.Add($"{Shop.Name} {Terminal.Label}");
        var (uses, tickets) = (Terminal.Require(TerminalCall.UsePoints).Ok, Terminal.Require(TerminalCall.IssueTicket).Ok);
        if (uses || tickets) frame.Menu.Add(new MenuEntry((uses, tickets) switch { (true, true) => "使う・券を出す", (true, _) => "ポイントを使う", _ => "券を出す" }, "/terminal"));
        if (uses) frame.Menu.Add(new MenuEntry("券を受け取る", "/terminal/tickets/use"));
        if (uses) frame.Menu.Add(new MenuEntry("取り消し", "/terminal/cancel"));
        if (tickets) frame.Menu.Add(new MenuEntry("券の取り消し", "/terminal/tickets/cancel"));
        if (Terminal.Require(TerminalCall.HandOutVoucher).Ok) frame.Menu.Add(new MenuEntry("渡した商品券", "/terminal/vouchers/list"));
    }
}
