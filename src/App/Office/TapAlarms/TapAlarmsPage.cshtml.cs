using Microsoft.AspNetCore.Mvc;
using MyKey.App.Office.Shops;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Office.TapAlarms;

/// <summary>Terminals to which unusually many different cards were held within an hour: a festival, or somebody who tries out what he has read.</summary>
public sealed class TapAlarmsPage(Identity.AtTerminal.TapAlarms alarms, OfficeShops shops, RegistryCache registry) : StaffPage
{
    [BindProperty]
    public Guid Terminal { get; set; }

    [BindProperty]
    public long HourMs { get; set; }

    public IReadOnlyList<(TapAlarm Alarm, Terminal Terminal, Acceptor? Shop)> Alarms { get; private set; } = [];

    protected override IReadOnlyList<Role> Needed => [Role.TerminalAdmin];

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var open = await alarms.Open(Work.Member, Work.Office.Code, stop);
        if (open.Refused is { } no) return await this.Refuse(no);
        var view = await registry.View();
        var rows = new List<(TapAlarm, Terminal, Acceptor?)>();
        foreach (var alarm in open.Value)
            if (await shops.Terminal(Work, alarm.Terminal, stop) is { Ok: true, Value: var terminal }) rows.Add((alarm, terminal, terminal.Holder is { } shop ? view.Find(new AcceptorId(shop)) : null));
        Alarms = rows;
        return Page();
    }

    public async Task<IActionResult> OnPost(CancellationToken stop) =>
        (await alarms.See(Work.Member, Work.Office.Code, new TerminalId(Terminal), HourMs, stop)).Refused is { } no ? await this.Refuse(no) : this.SeeOther("/office/tap-alarms");
}
