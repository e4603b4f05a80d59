using MyKey.Kernel;

namespace MyKey.Identity.Citizens;

public enum CitizenState { Active = 1, Suspended = 2, Revoked = 3 }

/// <summary>A citizen as the other modules see one.</summary>
/// <param name="BaseMunicipality">基本自治体ポイント口座; null until chosen.</param>
/// <param name="TapOff">The citizen wants no payment by a tapped card alone.</param>
public sealed record Citizen(CitizenId Id, CitizenState State, MyKeyId MyKeyId, MunicipalityCode? BaseMunicipality, bool TapOff)
{
    /// <summary>The base municipality, or <c>base_account_required</c> (S0-4048b).</summary>
    public Result<MunicipalityCode> RequireBase() => BaseMunicipality is { } code ? code : Refusal.Of("base_account_required");

    /// <summary>This citizen, or <c>id_suspended</c>, <c>id_revoked</c> (S0-1022a).</summary>
    public Result<Citizen> RequireActive() => State switch
    {
        CitizenState.Suspended => Refusal.Of("id_suspended"),
        CitizenState.Revoked => Refusal.Of("id_revoked"),
        _ => this,
    };
}
