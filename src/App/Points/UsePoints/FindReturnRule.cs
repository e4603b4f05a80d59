using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>What becomes of points that go back after they have lapsed: the issuer's days of grace and whether the law of private issuers holds for it (S0-1014c).</summary>
public sealed class FindReturnRule(Settings settings, RegistryCache registry, TimeProvider clock)
{
    /// <summary>As it is now.</summary>
    public async Task<ReturnRule> Of(MunicipalityCode issuer)
    {
        var grace = (await settings.View()).Number("cancel.grace_days", new SettingScope(Issuer: issuer), clock.NowMs());
        return new ReturnRule((int)grace, (await registry.View()).Find(issuer)?.Issuer == IssuerKind.Private);
    }
}
