using MyKey.Identity.Challenges;
using MyKey.Identity.Sessions;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.AtTerminal;

/// <summary>A card at the terminal: tapped (A1, S2-P7a) or with PIN for this very payment (A4). The settings are asked before.</summary>
public sealed class ShowCard(Database database, UseCardCode use, CitizenTokens tokens, TapAlarms alarms, OperationLog log)
{
    /// <param name="code">From the agent's way back.</param>
    /// <param name="terminalCookie">Text of the terminal cookie that asked.</param>
    /// <returns>The citizen's token; <c>auth_failed</c>, <c>mykey_missing</c>, <c>id_suspended</c>, <c>cert_revoked</c>.</returns>
    public async Task<Result<string>> Show(Terminal terminal, string? code, string? terminalCookie, CancellationToken stop = default)
    {
        var used = await use.Use(code, terminalCookie, stop);
        if (used.Refused is { } no) return no;
        var proof = used.Value;
        if (proof.Terminal != terminal.Id || proof.Assurance is not (Assurance.A1 or Assurance.A4)) return Refusal.Of("auth_failed", ("why", "purpose"));
        return await database.WriteOrRefuse<string>(async tx =>
        {
            var found = await LoginByCard.Holder(tx, proof.Certificate);
            if (found.Refused is { } refused) return refused;
            if (found.Value is not { } citizen) return Refusal.Of("mykey_missing");
            var way = proof.Assurance == Assurance.A4 ? Way.Signature : Way.Tap;
            await log.Write(tx, new Operation(way == Way.Tap ? "card.tapped" : "card.signed", Actor.Of(terminal.Id), Citizen: citizen, Terminal: terminal.Id));
            if (way == Way.Tap) await alarms.Tapped(tx, terminal, citizen);
            return await tokens.Open(tx, citizen, terminal, way, proof.Binding);
        }, stop);
    }
}
