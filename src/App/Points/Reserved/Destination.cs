using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Reserved;

/// <summary>
/// Where a partner's points go: to a municipality, or nowhere yet, and then they are reserved (S0-1010a). Whatever way they are exchanged, the ledger
/// is given <see cref="Code"/> as their issuer and <see cref="LastDay"/> as the last day of their lot.
/// </summary>
/// <param name="Town">Null where it is not chosen yet.</param>
public sealed record Destination(MunicipalityCode Code, string PointName, string FullName, Municipality? Town)
{
    /// <summary>How requests and replies write the choice to wait.</summary>
    public const string Later = "reserved";

    public static Destination Reserved { get; } = new(MunicipalityCode.Pool, "留保ポイント", "まだ決めない（留保ポイント）", null);

    /// <summary>For forms: the choice to wait, easy to find before the municipalities.</summary>
    public static SelectListItem Choice => new(Reserved.FullName, Later);

    public bool IsReserved => Code == MunicipalityCode.Pool;

    /// <summary>As requests and replies write it: 6 digits, or <see cref="Later"/>.</summary>
    public string Word => WordOf(Code);

    public static string WordOf(MunicipalityCode code) => code == MunicipalityCode.Pool ? Later : code.Value;

    /// <returns>The destination; <c>field_required</c> (field) for nothing, <c>municipality_unknown</c> for one that gives no points now.</returns>
    public static Result<Destination> Read(RegistryView view, string? typed) => typed == Later ? Reserved : view.Issuing(typed).Then<Destination>(town => Of(town));

    /// <summary>Where points went, whatever has become of that municipality since.</summary>
    public static Destination Of(MunicipalityCode code, RegistryView view) =>
        code == MunicipalityCode.Pool ? Reserved : view.Find(code) is { } town ? Of(town) : new(code, view.NameOfPoints(code), code.Value, null);

    /// <summary>The last day of what arrives on a day: in a municipality by its own rule, reserved the last on which one is chosen.</summary>
    public ValueTask<DateOnly> LastDay(DateOnly today, ReserveRule reserve) => Town?.Expiry is { } rule ? ValueTask.FromResult(rule.ExpiresOn(today)) : reserve.LastDay(today);

    private static Destination Of(Municipality town) => new(town.Code, town.PointName, town.FullName, town);
}
