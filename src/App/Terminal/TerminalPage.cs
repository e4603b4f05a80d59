using Microsoft.AspNetCore.Mvc;
using MyKey.App.Libraries;
using MyKey.App.Registry;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Sessions;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Terminals;

/// <summary>A page of the terminal shell: only a registered terminal of a shop gets in (S4-06a), and the frame says which one it is.</summary>
public abstract class TerminalPage : DevicePage
{
    public RegistryView Registry { get; private set; } = null!;

    /// <summary>The shop this terminal stands in.</summary>
    public Acceptor Shop { get; private set; } = null!;

    protected override async Task<IActionResult?> Enter(IServiceProvider services, Frame frame)
    {
        Registry = await services.GetRequiredService<RegistryCache>().View();
        // An organiser's device and a library's have starts of their own; whatever comes back from a card ends here first.
        if (Terminal.Require(TerminalCall.RecordAttendance).Ok) return this.SeeOther($"{RecordingPage.Home}/card{Request.QueryString}");
        if (Terminal.Require(TerminalCall.HelpSignIn).Ok) return this.SeeOther($"{SupportDesks.Home}{Request.QueryString}");
        if (NumberScreen.Of(Terminal) is { } numbers) return this.SeeOther($"{numbers.Home}{Request.QueryString}");
        if (Terminal.Holder is not { } holder || Registry.Find(new AcceptorId(holder)) is not { } shop) return await this.Refuse(Refusal.Of("role_forbidden"));
        Shop = shop;
        Tell(frame);
        return null;
    }

    /// <summary>Why what only the shop may do waits for its code: no session that was opened by it on this very terminal.</summary>
    protected async Task<Refusal?> NotOpen(OpenSessions sessions, CancellationToken stop)
    {
        var session = await sessions.Find(ShellCookie.Shop.Read(HttpContext), SessionKind.Terminal, stop);
        return session.Refused ?? (session.Value.Terminal == Terminal.Id ? null : Refusal.Of("login_required"));
    }

    private void Tell(Frame frame)
    {
        frame.Who.Add($"{Shop.Name} {Terminal.Label}");
        var (uses, tickets) = (Terminal.Require(TerminalCall.UsePoints).Ok, Terminal.Require(TerminalCall.IssueTicket).Ok);
        if (uses || tickets) frame.Menu.Add(new MenuEntry((uses, tickets) switch { (true, true) => "使う・券を出す", (true, _) => "ポイントを使う", _ => "券を出す" }, "/terminal"));
        if (uses) frame.Menu.Add(new MenuEntry("券を受け取る", "/terminal/tickets/use"));
        if (uses) frame.Menu.Add(new MenuEntry("取り消し", "/terminal/cancel"));
        if (tickets) frame.Menu.Add(new MenuEntry("券の取り消し", "/terminal/tickets/cancel"));
        if (Terminal.Require(TerminalCall.HandOutVoucher).Ok) frame.Menu.Add(new MenuEntry("渡した商品券", "/terminal/vouchers/list"));
        if (Terminal.Require(TerminalCall.DayList).Ok) frame.Menu.Add(new MenuEntry("月ごとの精算", "/terminal/settlement"));
    }
}
