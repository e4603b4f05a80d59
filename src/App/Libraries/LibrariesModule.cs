using MyKey.App.SignIn;
using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Addresses;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Jobs;

namespace MyKey.App.Libraries;

/// <summary>Numbers by which libraries and other providers know a citizen, linked to one MyKey ID (S0-1001).</summary>
public static class LibrariesModule
{
    public static void AddLibraries(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OfficeProviders>().AddSingleton<LendingWays>().AddSingleton<ProviderDesks>().AddSingleton<FindLinks>().AddSingleton<MakeLink>().AddSingleton<EndLinks>()
            .AddSingleton<SetNotice>().AddSingleton<LinkBlocks>().AddSingleton<FindNumber>().AddSingleton<RecordLookups>().AddSingleton<Lookups>().AddSingleton<PublicLibraries>();
        builder.Services.AddSingleton<ReduceLookups>().AddSingleton<IJob>(s => s.GetRequiredService<ReduceLookups>());
        builder.Services.AddSingleton(ReduceLookups.Kept);
        builder.Services.AddSingleton<AddressNotices>();
        if (builder.Services.Any(s => s.ServiceType == typeof(CertificateRules))) builder.Services.AddSingleton<FindNumberOfCard>();
        builder.Services.AddSingleton(services => new WithRevocation((tx, citizen) => services.GetRequiredService<EndLinks>().All(tx, citizen)));
        if (builder.Services.Any(s => s.ServiceType == typeof(HttpAddressChanges)))
            builder.Services.AddSingleton<AskAddressChanges>().AddSingleton<IJob>(s => s.GetRequiredService<AskAddressChanges>())
                .AddSingleton(s => new WithCardLogin(s.GetRequiredService<AskAddressChanges>().CameIn));
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Office, 22, "図書館など", "/office/providers", Role.TerminalAdmin))
            .AddSingleton(new StaffMenu(StaffDoor.Operator, 34, "図書館などの種類", "/operator/provider-kinds", Role.Operator));
    }

    public static void MapLibraries(this WebApplication app)
    {
        app.MapProviders();
        app.MapLinks();
    }
}
