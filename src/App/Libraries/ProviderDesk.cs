using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Machines;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>A provider's counter, machine or own system, that is there for a citizen.</summary>
public sealed record ProviderDesk(ServiceProvider Provider, Terminal Device)
{
    /// <summary>As a citizen's record of look-ups names it.</summary>
    public DeskKind Kind => Device.Actor.Kind == ActorKind.Machine ? DeskKind.System : Device.Profiles.Contains(TerminalProfile.SelfLending) ? DeskKind.Machine : DeskKind.Counter;
}

public enum DeskKind { Counter, Machine, System }

/// <summary>Whose device it is that calls: one that an office has registered for a provider, or the provider's system by its key.</summary>
public sealed class ProviderDesks(RegistryCache registry, FindTerminal terminals, TimeProvider clock)
{
    /// <returns>The desk; <c>role_forbidden</c> for another kind of device (V-D1), <c>provider_ended</c>.</returns>
    public async Task<Result<ProviderDesk>> Of(Terminal device, TerminalCall call)
    {
        if (device.Require(call).Refused is { } forbidden) return forbidden;
        if (device.Holder is not { } holder || (await registry.View()).Find(new ServiceProviderId(holder)) is not { } provider || provider.Municipality != device.Municipality) return Refusal.Of("role_forbidden");
        return provider.RequireOpen(clock.Today()).Then<ProviderDesk>(p => new ProviderDesk(p, device));
    }

    /// <returns>Whoever calls with the cookie of a device or a machine's key; also <c>terminal_unknown</c>, <c>terminal_revoked</c>, <c>key_unknown</c>.</returns>
    public async Task<Result<ProviderDesk>> Of(HttpContext context, TerminalCall call)
    {
        var device = MachineShell.HasKey(context)
            ? (await context.Machine()).Then(m => m.AsTill())
            : await terminals.ByToken(ShellCookie.Terminal.Read(context), context.RequestAborted);
        return device.Refused is { } no ? no : await Of(device.Value, call);
    }
}
