using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>The service providers of an office's municipality and the devices at their counters, behind pages and API alike. Another municipality's are <c>not_found</c>.</summary>
public sealed class OfficeProviders(RegistryCache registry, SaveServiceProvider save, SaveProviderKind saveKind, FindTerminal terminals, RegisterTerminal register, TimeProvider clock)
{
    /// <summary>What a provider's device may be there for: a counter with staff, or a machine that lends by itself (S2-P9b, S2-P9c).</summary>
    public static IReadOnlyList<TerminalProfile> Profiles { get; } = [TerminalProfile.LibraryCounter, TerminalProfile.SelfLending];

    /// <returns>By state, then by code; or <c>role_forbidden</c>.</returns>
    public async Task<Result<ServiceProvider[]>> List(StaffAtWork work)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        return (await registry.View()).Providers.Where(p => p.Municipality == work.Office.Code).OrderBy(p => p.State).ThenBy(p => p.Code, StringComparer.Ordinal).ToArray();
    }

    /// <returns>Or <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<ServiceProvider>> One(StaffAtWork work, ServiceProviderId id)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        return (await registry.View()).Find(id) is { } provider && provider.Municipality == work.Office.Code ? provider : Refusal.Of("not_found");
    }

    /// <returns>As <see cref="SaveServiceProvider.Run"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<ServiceProvider>> Save(StaffAtWork work, ServiceProviderId id, ProviderEntry entry, CancellationToken stop = default) =>
        work.Require(Role.TerminalAdmin).Refused is { } no ? no : await save.Run(id, work.Office.Code, entry, work.Actor, stop);

    /// <summary>The devices of a provider, newest first.</summary>
    public async Task<IReadOnlyList<Terminal>> Devices(ServiceProvider provider, CancellationToken stop = default) =>
        [.. (await terminals.All(provider.Municipality, stop)).Where(t => t.Holder == provider.Id.Value)];

    /// <returns>
    /// The one-time code; the same again gives a new code of the same device. As <see cref="RegisterTerminal.Register"/>, and <c>not_found</c>, <c>provider_ended</c>,
    /// <c>field_unknown</c> (field) for a profile that no provider has.
    /// </returns>
    public async Task<Result<RegisteredTerminal>> AddDevice(StaffAtWork work, ServiceProviderId id, (TerminalId Id, string? Label, string? Profile) device, CancellationToken stop = default)
    {
        var provider = (await One(work, id)).Then(p => p.State == ProviderState.Active ? p : (Result<ServiceProvider>)Refusal.Of("provider_ended"));
        if (provider.Refused is { } no) return no;
        var profile = Profiles.Where(p => TerminalProfiles.Name(p) == device.Profile).ToList();
        if (profile.Count == 0) return Refusal.Of("field_unknown", ("field", "profile"));
        return await register.Register(work.Member, new NewTerminal(work.Office.Code, id.Value, device.Label, profile, device.Id), stop);
    }

    /// <returns>As <see cref="SaveProviderKind.Run"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<ProviderKind>> SaveKind(StaffAtWork work, string? code, string? name, string? words, CancellationToken stop = default) =>
        work.Require(Role.Operator).Refused is { } no ? no : await saveKind.Run(code, name, words, work.Actor, stop);

    public async Task<IReadOnlyList<ProviderKind>> Kinds() => [.. (await registry.View()).ProviderKinds];

    public bool IsOpen(ServiceProvider provider) => provider.IsOpen(clock.Today());
}
