using MyKey.App.Budgets;
using MyKey.App.Offers;
using MyKey.App.OnlineSites;
using MyKey.App.Registry;
using MyKey.App.Settlement;
using MyKey.App.Vouchers;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Office.Joining;

/// <summary>What a municipality has, counted out of what is registered: nothing here is ticked by hand.</summary>
/// <param name="HasAccount">Its own at a bank, in force: from it those are paid who took points, and into it partners pay (S2-P6e).</param>
/// <param name="Shops">Open ones in the municipality where its own points pay.</param>
/// <param name="Tills">Their devices that are enrolled.</param>
/// <param name="TicketOffices">Devices that give out tickets.</param>
/// <param name="Libraries">Open providers whose kind is a library.</param>
/// <param name="LibraryDesks">Their counters, machines and systems.</param>
/// <param name="VoucherSheets">In stock at its desks.</param>
/// <param name="Funded">Programmes that grant today and have a budget left.</param>
/// <param name="Offers">Published ones.</param>
public sealed record JoiningFacts(Municipality Municipality, DateOnly Today, bool HasRule, bool HasAccount, IReadOnlyList<StaffMember> Staff, int Shops, int Tills, int TicketOffices, int Libraries, int LibraryDesks,
    int OnlineSites, long VoucherSheets, int Funded, int Offers)
{
    /// <summary>Whoever grants and whoever approves are two people (V-D3).</summary>
    public bool TwoPeople
    {
        get
        {
            bool Is(StaffMember m, Role role) => m.State == StaffState.Active && m.Holds(role, Municipality.Code);
            return Staff.Any(o => Is(o, Role.Officer) && Staff.Any(a => a.Id != o.Id && Is(a, Role.Approver)));
        }
    }
}

/// <summary>Reads them.</summary>
public sealed class ReadJoiningFacts(RegistryCache registry, FindTerminal terminals, MachineKeys keys, FindStaff staff, OfficeProgrammes programmes, OnlineSiteCache sites, FindVouchers vouchers, FindOffers offers, FindAccounts accounts, TimeProvider clock)
{
    public async Task<JoiningFacts> Of(MunicipalityCode code, CancellationToken stop)
    {
        var (view, today) = (await registry.View(), clock.Today());
        var town = Must.Have(view.Find(code), "an office's municipality is registered");
        var shops = view.AcceptorsOf(code).Where(a => view.AcceptedHere(code, a.Id).Ok).Select(a => a.Id.Value).ToHashSet();
        var libraries = view.Providers.Where(p => p.Municipality == code && p.Kind.Code == ProviderKind.Library && p.IsOpen(today)).Select(p => p.Id.Value).ToHashSet();
        var devices = (await terminals.All(code, stop)).Where(t => t is { State: TerminalState.Enrolled, Holder: not null }).ToList();
        var systems = (await keys.All(code, stop)).Count(k => k is { State: MachineKeyState.Live, Holder: { } holder } && libraries.Contains(holder));
        return new JoiningFacts(town, today,
            HasRule: AcceptorKind.All.Any(k => k.MayAccept && view.AreaOf(code, k.Code) != UsageArea.None) || shops.Count > 0,
            HasAccount: await accounts.Find(code, AccountHolder.Own, stop) is not null,
            Staff: await staff.All(code, stop),
            Shops: shops.Count,
            Tills: devices.Count(t => t.Profiles.Contains(TerminalProfile.Shop) && shops.Contains(t.Holder!.Value)),
            TicketOffices: devices.Count(t => t.Profiles.Contains(TerminalProfile.TicketOffice)),
            Libraries: libraries.Count,
            LibraryDesks: systems + devices.Count(t => libraries.Contains(t.Holder!.Value) && t.Profiles.Any(p => p is TerminalProfile.LibraryCounter or TerminalProfile.SelfLending)),
            OnlineSites: (await sites.View()).OpenOn(today).Count(s => s.AcceptorOf(code, today) is not null),
            VoucherSheets: (await vouchers.Stock(code, stop)).Values.Sum(),
            Funded: (await programmes.All(code, stop)).Count(p => p.Programme.GrantsOn(today) is null && p.Budget.Rest > Kernel.Points.Zero),
            Offers: (await offers.Of(code, stop)).Count(o => o.State == OfferState.Published));
    }
}
