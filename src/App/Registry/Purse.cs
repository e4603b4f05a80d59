using System.Globalization;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Registry;

/// <summary>Which points: a municipality's, or those for one of its events. Written <c>132985</c>, or <c>132985.</c> and the event's id.</summary>
public readonly record struct Purse(MunicipalityCode Issuer, SupportEventId? Event = null)
{
    /// <summary>Where a citizen's points of it lie.</summary>
    public Account Of(CitizenId citizen) => Event is { } supported ? Account.Event(Issuer, supported) : Account.Holding(Issuer, citizen);

    public override string ToString() => Event is { } supported ? string.Create(CultureInfo.InvariantCulture, $"{Issuer.Value}.{supported.Value:N}") : Issuer.Value;

    /// <summary>What an account of points that can be spent holds.</summary>
    public static Purse Of(Account account) => new(account.Issuer, account.Kind == AccountKind.Event ? new SupportEventId(account.Owner) : null);

    /// <returns>The purse, or <c>number_format</c>.</returns>
    public static Result<Purse> Read(string? text)
    {
        var dot = text?.IndexOf('.') ?? -1;
        if (dot < 0) return MunicipalityCode.Read(text).Then<Purse>(code => new Purse(code));
        if (!Guid.TryParseExact(text![(dot + 1)..], "N", out var supported)) return Refusal.Of("number_format");
        return MunicipalityCode.Read(text[..dot]).Then<Purse>(code => new Purse(code, new SupportEventId(supported)));
    }
}
