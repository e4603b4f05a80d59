using System.Reflection;
using MyKey.App.Attendance;
using MyKey.App.Audits;
using MyKey.App.Budgets;
using MyKey.App.Cases;
using MyKey.App.Check;
using MyKey.App.Counters;
using MyKey.App.Donations;
using MyKey.App.Eligible;
using MyKey.App.Events;
using MyKey.App.Exchange;
using MyKey.App.Facilities;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Incentives;
using MyKey.App.Libraries;
using MyKey.App.LinkedExchange;
using MyKey.App.Lost;
using MyKey.App.Machines;
using MyKey.App.Mail;
using MyKey.App.MyPage;
using MyKey.App.Navi;
using MyKey.App.Office;
using MyKey.App.Office.Joining;
using MyKey.App.Office.Joins;
using MyKey.App.Office.Rules;
using MyKey.App.Office.Shops;
using MyKey.App.Office.TapAlarms;
using MyKey.App.OnlineLinks;
using MyKey.App.OnlineSites;
using MyKey.App.OperationSearch;
using MyKey.App.Operator;
using MyKey.App.Operator.Citizens;
using MyKey.App.Operator.DatedSettings;
using MyKey.App.Operator.Membership;
using MyKey.App.Operator.Municipalities;
using MyKey.App.Organisers;
using MyKey.App.PartnerLinks;
using MyKey.App.Partners;
using MyKey.App.Passkeys;
using MyKey.App.Pledges;
using MyKey.App.Programmes;
using MyKey.App.Proposals;
using MyKey.App.Recalls;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.Settlement;
using MyKey.App.Shared;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.App.SiteEvents;
using MyKey.App.Staffing;
using MyKey.App.StreetCards;
using MyKey.App.Support;
using MyKey.App.Tables;
using MyKey.App.Terminals;
using MyKey.App.Tickets;
using MyKey.App.Unpaid;
using MyKey.App.UseNotices;
using MyKey.App.UsePoints;
using MyKey.App.Voided;
using MyKey.App.Vouchers;
using MyKey.App.WrappedSecrets;

namespace MyKey.App;

/// <summary>Read this first: what the App is made of. A module is an assembly with migrations of its own and a small public surface.</summary>
public static class Modules
{
    public static IReadOnlyList<Assembly> Assemblies { get; } =
    [
        typeof(Kernel.Points).Assembly,
        typeof(Ledger.Directions).Assembly,
        typeof(Identity.Certificates.AuthCertificate).Assembly,
        typeof(Modules).Assembly,
    ];

    /// <summary>The services of every module.</summary>
    public static void Add(WebApplicationBuilder builder)
    {
        builder.AddServer();
        builder.AddTelemetry();
        builder.AddKernel();
        builder.AddFace();
        builder.AddNavi();
        builder.AddLedger();
        builder.AddIdentity();
        builder.AddCards();
        builder.AddCheck();
        builder.AddSupport();
        builder.AddCitizenShell();
        builder.AddStaffShell();
        builder.AddRegistry();
        builder.AddProgrammes();
        builder.AddBudgets();
        builder.AddGrants();
        builder.AddGrantBatches();
        builder.AddEligible();
        builder.AddRecalls();
        builder.AddUnpaid();
        builder.AddProposals();
        builder.AddPartners();
        builder.AddPartnerLinks();
        builder.AddReserved();
        builder.AddEvents();
        builder.AddExchange();
        builder.AddLinkedExchange();
        builder.AddUsePoints();
        builder.AddUseNotices();
        builder.AddTables();
        builder.AddCounters();
        builder.AddOrganisers();
        builder.AddAttendance();
        builder.AddFacilities();
        builder.AddTickets();
        builder.AddVouchers();
        builder.AddOnlineSites();
        builder.AddOnlineLinks();
        builder.AddPledges();
        builder.AddSiteEvents();
        builder.AddDonations();
        builder.AddStreetCards();
        builder.AddWrappedInPoints();
        builder.AddLibraries();
        builder.AddIncentives();
        builder.AddSettlement();
        builder.AddVoided();
        builder.AddCases();
        builder.AddMail();
        builder.AddMyPage();
        builder.AddOfficeShops();
        builder.AddOfficePlaces();
        builder.AddOfficeRules();
        builder.AddOfficeJoins();
        builder.AddOfficeToday();
        builder.AddOfficeJoining();
        builder.AddOperatorCitizens();
        builder.AddOperatorMunicipalities();
        builder.AddOperatorMembership();
        builder.AddOperatorToday();
        builder.AddStaffing();
        builder.AddPasskeys();
        builder.AddMachineKeys();
        builder.AddOperatorSettings();
        builder.AddOperationSearch();
        builder.AddAudits();
    }

    /// <summary>The way of a request, then the endpoints of every module.</summary>
    public static void Map(WebApplication app)
    {
        app.UseTelemetry();
        app.UseFace();
        app.MapHealth();
        app.MapFace();
        app.MapNavi();
        app.MapCards();
        app.MapCheck();
        app.MapSupport();
        app.MapStaffSessions();
        app.MapSessions();
        app.MapUsePoints();
        app.MapUseNotices();
        app.MapProposals();
        app.MapPartners();
        app.MapPartnerLinks();
        app.MapReserved();
        app.MapEvents();
        app.MapExchange();
        app.MapLinkedExchange();
        app.MapTables();
        app.MapCounters();
        app.MapOrganisers();
        app.MapAttendance();
        app.MapFacilities();
        app.MapTickets();
        app.MapVouchers();
        app.MapOnlineSites();
        app.MapOnlineLinks();
        app.MapPledges();
        app.MapSiteEvents();
        app.MapDonations();
        app.MapStreetCards();
        app.MapLibraries();
        app.MapIncentives();
        app.MapSettlement();
        app.MapVoided();
        app.MapCases();
        app.MapMail();
        app.MapMyPage();
        app.MapLost();
        app.MapTerminals();
        app.MapOfficeShops();
        app.MapOfficePlaces();
        app.MapOfficeRules();
        app.MapOfficeToday();
        app.MapOfficeJoining();
        app.MapTapAlarms();
        app.MapOfficeJoins();
        app.MapOperatorCitizens();
        app.MapOperatorMunicipalities();
        app.MapOperatorMembership();
        app.MapOperatorToday();
        app.MapStaffing();
        app.MapPasskeys();
        app.MapMachineKeys();
        app.MapOperatorSettings();
        app.MapOperationSearch();
        app.MapAudits();
        app.MapBudgets();
        app.MapGrants();
        app.MapGrantBatches();
        app.MapEligible();
        app.MapRecalls();
        app.MapUnpaid();
    }
}
