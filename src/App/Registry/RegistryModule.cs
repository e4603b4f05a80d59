using MyKey.Kernel.Jobs;

namespace MyKey.App.Registry;

public static class RegistryModule
{
    public static void AddRegistry(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton<RegistryCache>()
        .AddHostedService(services => services.GetRequiredService<RegistryCache>())
        .AddSingleton<ImportMunicipalities>()
        .AddSingleton<ImportCouncil>()
        .AddSingleton<ChangeMunicipality>()
        .AddSingleton<EndMembership>()
        .AddSingleton<RegisterAcceptor>()
        .AddSingleton<ChangeAcceptor>()
        .AddSingleton<DescribePlace>()
        .AddSingleton<FindPlaces>()
        .AddSingleton<ImportAcceptors>()
        .AddSingleton<IndexPlaces>()
        .AddSingleton<IJob>(services => services.GetRequiredService<IndexPlaces>())
        .AddSingleton<SaveShopGroup>()
        .AddSingleton<SaveProviderKind>()
        .AddSingleton<SaveServiceProvider>()
        .AddSingleton<SaveEvent>()
        .AddSingleton<SetUsageRule>()
        .AddSingleton<FindCapabilities>()
        .AddSingleton<SaveCapability>()
        .AddSingleton<CouncilPosts>()
        .AddSingleton<ApplyToJoin>()
        .AddSingleton<DecideJoin>();
}
