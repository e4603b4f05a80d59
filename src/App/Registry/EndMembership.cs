using System.Globalization;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <param name="LastDay">Is a member until the end of it.</param>
/// <param name="Reason">1 to 200 characters; stands in the operation log.</param>
public sealed record WantedEnd(DateOnly? LastDay, string? Reason);

/// <summary>A membership that is to end, found good by today's rules.</summary>
public sealed record MembershipEnd(Municipality Municipality, DateOnly LastDay, string Reason);

/// <summary>A membership ends with a day (S2-P15b). Whose points are out stays as it is; who may say so is the operators' part.</summary>
public sealed class EndMembership(OperationLog log, RegistryCache registry, TimeProvider clock)
{
    public const int LongestReason = 200;

    private const string End = "update reg_municipality set member_until = @LastDay, changed_no = @No where code = @Code";

    /// <returns>It; <c>municipality_unknown</c>, <c>not_member</c> today and on any later day, <c>field_required</c> (lastDay, reason), <c>out_of_period</c> (from, until) for a day that has passed, and what free text is refused for.</returns>
    public async Task<Result<MembershipEnd>> Check(MunicipalityCode code, WantedEnd wanted)
    {
        if ((await registry.View()).Find(code) is not { } town) return Refusal.Of("municipality_unknown");
        if (Refused(town, wanted.LastDay) is { } no) return no;
        return NameText.Read("reason", wanted.Reason, LongestReason).Then<MembershipEnd>(reason => new MembershipEnd(town, wanted.LastDay!.Value, reason));
    }

    /// <summary>In the transaction of whoever decided about it.</summary>
    internal async Task Write(Transaction tx, MembershipEnd end, Actor by)
    {
        var number = await RegistryCache.Next(tx);
        var town = Must.Have(await RegistryCache.Find(tx, end.Municipality.Code), "a municipality that was looked at is there");
        await tx.Connection.ExecuteAsync(End, new { end.LastDay, No = number, town.Code }, tx.Handle);
        await log.Write(tx, new Operation("membership.ended", by, Before: town.MemberUntil is { } before ? Iso(before) : null, After: $"{town.Code} member until {Iso(end.LastDay)}", Reason: end.Reason));
    }

    private Refusal? Refused(Municipality town, DateOnly? lastDay)
    {
        var today = clock.Today();
        if (town.MemberFrom is not { } from || town.MemberUntil < today) return Refusal.Of("not_member");
        if (lastDay is not { } last) return Refusal.Of("field_required", ("field", "lastDay"));
        var (first, furthest) = (from > today ? from : today, today.AddYears(ApplyToJoin.MostYears));
        return last < first || last > furthest ? Refusal.Of("out_of_period", ("from", Shared.Components.Words.Day(first)), ("until", Shared.Components.Words.Day(furthest))) : null;
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
