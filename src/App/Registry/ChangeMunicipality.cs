using System.Globalization;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>What a municipality decides about its points: name (S4-20), who owes them, how long they are valid, whether it issues any.</summary>
public sealed class ChangeMunicipality(OperationLog log, RegistryCache registry)
{
    public const int LongestBrand = 40, LongestFormer = 200;

    private const string Update = """
        update reg_municipality set brand = @Brand, issuer_kind = @Issuer, expiry_days = @Days, expiry_months = @Months, state = @State, changed_no = @No
        where code = @Code
        """;

    /// <param name="Brand">Null or empty: <c>name + ポイント</c>.</param>
    /// <param name="ExpiryDays">This or months, needed by a live issuer.</param>
    public sealed record Change(MunicipalityCode Code, string? Brand, IssuerKind Issuer, int? ExpiryDays, int? ExpiryMonths, MunicipalityState State, Actor By);

    /// <returns>
    /// The municipality; or <c>municipality_unknown</c> (also for a ward of a designated city, which issues nothing), <c>field_required</c>,
    /// <c>field_unknown</c> (field), <c>out_of_period</c> (from, until) for the validity, <c>too_large</c>, <c>my_number_refused</c>, <c>pan_refused</c>.
    /// </returns>
    public async Task<Result<Municipality>> Run(Change change, CancellationToken stop = default)
    {
        var brand = string.IsNullOrWhiteSpace(change.Brand) ? "" : NameText.Read("brand", change.Brand, LongestBrand);
        if (brand.Refused is { } no) return no;
        ExpiryRule? expiry = null;
        if (change.State == MunicipalityState.Live || change.ExpiryDays is not null || change.ExpiryMonths is not null)
        {
            var rule = ExpiryRule.From(change.ExpiryDays, change.ExpiryMonths, change.Issuer);
            if (rule.Refused is { } bad) return bad;
            expiry = rule.Value;
        }
        return await registry.Change<Municipality>(async (tx, number) =>
        {
            if (await RegistryCache.Find(tx, change.Code) is not { } before || before.Kind == MunicipalityKind.Ward) return Refusal.Of("municipality_unknown");
            var after = before with { Brand = brand.Value.Length > 0 ? brand.Value : null, Issuer = change.Issuer, Expiry = expiry, State = change.State };
            if (after == before) return before;
            await tx.Connection.ExecuteAsync(Update, new
            {
                after.Code, after.Brand, Issuer = Words<IssuerKind>.Of(after.Issuer), Days = change.ExpiryDays, Months = change.ExpiryMonths,
                State = Words<MunicipalityState>.Of(after.State), No = number,
            }, tx.Handle);
            await log.Write(tx, new Operation("municipality.points_set", change.By, Before: Short(before), After: Short(after)));
            return after;
        }, stop);
    }

    /// <summary>From when on its points pay (S4-14); null: at once. What was paid stays paid.</summary>
    /// <returns>The municipality; or <c>municipality_unknown</c>.</returns>
    public Task<Result<Municipality>> UseFrom(MunicipalityCode code, DateOnly? from, Actor by, CancellationToken stop = default) => registry.Change<Municipality>(async (tx, number) =>
    {
        if (await RegistryCache.Find(tx, code) is not { } before) return Refusal.Of("municipality_unknown");
        if (before.UseFrom == from) return before;
        await tx.Connection.ExecuteAsync("update reg_municipality set use_from = @from, changed_no = @number where code = @code", new { code, from, number }, tx.Handle);
        await log.Write(tx, new Operation("municipality.use_from_set", by, Before: Short(before.UseFrom), After: $"{code} {Short(from)}"));
        return before with { UseFrom = from };
    }, stop);

    /// <summary>What it was called before: people still look for places under such a name (S0-1008).</summary>
    /// <param name="typed">Several by 、 or lines; empty: none.</param>
    /// <returns>The municipality; <c>municipality_unknown</c>, <c>too_large</c>, and what a name is refused for.</returns>
    public async Task<Result<Municipality>> Rename(MunicipalityCode code, string? typed, Actor by, CancellationToken stop = default)
    {
        var text = string.Join('、', (typed ?? "").Split(['、', ',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        if (text.Length > 0 && NameText.Read("formerNames", text, LongestFormer).Refused is { } no) return no;
        return await registry.Change<Municipality>(async (tx, number) =>
        {
            if (await RegistryCache.Find(tx, code) is not { } before) return Refusal.Of("municipality_unknown");
            if (before.FormerNames == text) return before;
            await tx.Connection.ExecuteAsync("update reg_municipality set former_names = @text, changed_no = @number where code = @code", new { code, text, number }, tx.Handle);
            await log.Write(tx, new Operation("municipality.former_names_set", by, Before: before.FormerNames, After: $"{code} {text}"));
            return before with { FormerNames = text };
        }, stop);
    }

    private static string Short(DateOnly? from) => from?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-";

    private static string Short(Municipality m) => $"{m.Code} {m.PointName} {Words<IssuerKind>.Of(m.Issuer)} {m.Expiry?.ToString() ?? "-"} {Words<MunicipalityState>.Of(m.State)}";
}
