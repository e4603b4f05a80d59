using System.Text;
using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Certificates;
using MyKey.Identity.Terminals;
using MyKey.Kernel;

namespace MyKey.App.Libraries;

/// <summary>A citizen shows himself at a provider's device, and it gets this provider's number and nothing else (S2-P9b). Each look-up is recorded, whatever its end.</summary>
public sealed class FindNumber(CitizenTokens tokens, LendingWays ways, RecordLookups record)
{
    /// <returns>
    /// The link; <c>not_linked</c>, <c>link_blocked</c>, <c>role_forbidden</c>, <c>token_expired</c>, <c>id_suspended</c>, <c>step_up_required</c> where the device asks for more (K-13).
    /// </returns>
    public async Task<Result<ServiceLink>> Run(ProviderDesk desk, string? token, CancellationToken stop = default)
    {
        if (desk.Device.Require(TerminalCall.FindLink).Refused is { } forbidden) return forbidden;
        var shown = await tokens.Find(token, desk.Device, null, stop);
        if (shown.Refused is { } nobody) return nobody;
        if (!await ways.IsEnough(desk.Device, shown.Value.Way)) return Refusal.Of("step_up_required");
        var (citizen, provider) = (shown.Value.Citizen.Id, desk.Provider.Id);
        if (shown.Value.Way == Way.Signature && shown.Value.Binding != NumberScreen.BindingOf(provider)) return Refusal.Of("auth_failed", ("why", "binding"));
        // One showing of a card is one look-up, however often its page is loaded.
        var (at, id) = (shown.Value.ExpiresMs - CitizenTokens.LifeMs, Ids.Named<TransferId>(Encoding.UTF8.GetBytes($"lookup:{token}")).Value);
        var found = await record.Run(new LookupQuestion(citizen, at, id, provider, desk.Provider.Kind.Code, Words<DeskKind>.Of(desk.Kind)));
        return Told(found);
    }

    internal static Result<ServiceLink> Told(LookupEnd found) => found.Answer switch
    {
        LookupAnswer.Told => found.Link!,
        LookupAnswer.Blocked => Refusal.Of("link_blocked"),
        _ => Refusal.Of("not_linked"),
    };
}

/// <summary>The same for the card agent of a provider's device, which has no browser: it shows the certificate of the card on its reader (A1), each time anew.</summary>
public sealed class FindNumberOfCard(CertificateRules rules, LendingWays ways, RecordLookups record, TimeProvider clock)
{
    /// <returns>The link; as <see cref="FindNumber"/>, and <c>mykey_missing</c> and whatever a certificate is refused for. <c>role_forbidden</c> for a system: it has no reader.</returns>
    public async Task<Result<ServiceLink>> Run(ProviderDesk desk, ReadOnlyMemory<byte> certificate, CancellationToken stop = default)
    {
        if (desk.Device.Require(TerminalCall.FindLink).Refused is { } forbidden) return forbidden;
        if (desk.Kind == DeskKind.System) return Refusal.Of("role_forbidden");
        if (!await ways.IsEnough(desk.Device, Way.Tap)) return Refusal.Of("step_up_required");
        var card = await rules.Identify(certificate, stop);
        if (card.Refused is { } no) return no;
        var provider = desk.Provider;
        var question = new CardQuestion(new HeldCard(card.Value, desk.Device), clock.NowMs(), Ids.NewV7(clock), provider.Id, provider.Kind.Code, Words<DeskKind>.Of(desk.Kind));
        var found = await record.Run(question);
        return found.No is { } nobody ? nobody : FindNumber.Told(Must.Have(found.End, "a holder's look-up has an end"));
    }
}
