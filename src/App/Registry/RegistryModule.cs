namespace MyKey.App.Registry;

public static class RegistryModule
{
    public static void AddRegistry(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton<RegistryCache>()
        .AddSingleton<ImportMunicipalities>()
        .AddSingleton<ImportCouncil>()
        .AddSingleton<ChangeMunicipality>()
        .AddSingleton<RegisterAcceptor>()
        .AddSingleton<ChangeAcceptor>()
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
