using MyKey.Kernel;

namespace MyKey.App.Entitlements;

/// <summary>Where what is granted goes, as its citizen signed for it with the application (S1-35a).</summary>
/// <param name="To">The service and the account there; null: points of the municipality.</param>
public sealed record ChosenDestination((PaymentServiceId Service, Guid Account)? To)
{
    private const string Municipal = "municipality";

    private const int IdDigits = 32;

    /// <summary>By which forms and calls name it.</summary>
    public string Key => To is { } to ? to.Account.ToString("N") : Municipal;

    /// <summary>As it is stored; empty: none.</summary>
    public static string Stored(ChosenDestination? chosen) => chosen switch { null => "", { To: { } to } => $"{to.Service.Value:N}{to.Account:N}", _ => Municipal };

    public static ChosenDestination? Read(string stored) => stored switch
    {
        "" => null,
        Municipal => new ChosenDestination(default((PaymentServiceId, Guid)?)),
        _ => new ChosenDestination((new PaymentServiceId(Guid.ParseExact(stored[..IdDigits], "N")), Guid.ParseExact(stored[IdDigits..], "N"))),
    };
}
