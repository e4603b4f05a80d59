using MyKey.App.Activities;
using MyKey.App.Applications;
using MyKey.App.Claims;
using MyKey.App.Entitlements;
using MyKey.App.Messages;
using MyKey.App.National;
using MyKey.App.Offers;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.App.Rehearsals;
using MyKey.App.Reports;
using MyKey.App.Sittings;
using MyKey.App.WaitingRooms;

namespace MyKey.App.Incentives;

/// <summary>Municipal Mynapoint (docs/adr/0011): what residents apply for, what is granted to them, and how they receive it; and the national Mynapoint (docs/adr/0012), which is another scheme and mixes with none of it (S1-01).</summary>
public static class IncentivesModule
{
    public static void AddIncentives(this WebApplicationBuilder builder)
    {
        builder.AddWaitingRooms();
        builder.AddOffers();
        builder.AddApplications();
        builder.AddScreening();
        builder.AddActivities();
        builder.AddEntitlements();
        builder.AddPaymentServices();
        builder.AddPaymentAccounts();
        builder.AddClaims();
        builder.AddReports();
        builder.AddRehearsals();
        builder.AddMessages();
        builder.AddSittings();
        builder.AddNational();
        foreach (var column in WrappedInIncentives.Columns) builder.Services.AddSingleton(column);
    }

    public static void MapIncentives(this WebApplication app)
    {
        app.MapOffers();
        app.MapApplications();
        app.MapScreening();
        app.MapActivities();
        app.MapPaymentServices();
        app.MapPaymentAccounts();
        app.MapClaims();
        app.MapReports();
        app.MapRehearsals();
        app.MapMessages();
        app.MapSittings();
        app.MapNational();
    }
}
