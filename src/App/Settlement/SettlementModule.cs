using MyKey.App.Shared;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Jobs;
using MyKey.Ledger;

namespace MyKey.App.Settlement;

/// <summary>Who owes whom for the points of a month (docs/adr/0014): months that are closed, statements of partners, claims of those who took points, and the way of every yen back to its lot.</summary>
public static class SettlementModule
{
    public static void AddSettlement(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SettlementReading>().AddSingleton<LineageReading>().AddSingleton<FindMonths>().AddSingleton<MakeClaims>().AddSingleton<CloseMonths>().AddSingleton<IJob>(s => s.GetRequiredService<CloseMonths>())
            .AddSingleton<AuditMonths>().AddSingleton(services => new RowAuditPart("settlement", Nightly: false, stop => services.GetRequiredService<AuditMonths>().Run(stop)))
            .AddSingleton<FindStatements>().AddSingleton<AnswerStatement>().AddSingleton<BookPayments>().AddSingleton<FindClaims>().AddSingleton<ClaimMonth>().AddSingleton<ApproveClaims>().AddSingleton<FindLines>().AddSingleton<CreditorNames>()
            .AddSingleton<FindAccounts>().AddSingleton<SaveAccount>().AddSingleton<FindRuns>().AddSingleton<MakeRun>().AddSingleton<DecideRun>().AddSingleton<CheckRuns>().AddSingleton<IJob>(s => s.GetRequiredService<CheckRuns>())
            .AddSingleton<MonthTotals>().AddSingleton<ReadReport>().AddSingleton<SaveCost>().AddSingleton<OpenData>()
            .AddSingleton(new StaffMenu(StaffDoor.Office, 34, "精算", OfficeMonthsPage.Here, Role.Officer, Role.Approver)).AddSingleton(new StaffMenu(StaffDoor.Operator, 36, "精算", OperatorMonthsPage.Here));
        foreach (var column in WrappedInSettlement.Columns) builder.Services.AddSingleton(column);
    }

    public static void MapSettlement(this WebApplication app)
    {
        app.MapOfficeSettlement();
        app.MapCreditorSettlement();
        app.MapOperatorSettlement();
        app.MapBank();
        app.MapReports();
    }
}
