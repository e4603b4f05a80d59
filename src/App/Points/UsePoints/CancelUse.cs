using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>A shop gives a use back by its receipt number (S0-1014a); the shop's own code was asked before.</summary>
public sealed class CancelUse(FindTransfer find, LedgerReading reading, FindReturnRule returns, PasswordSum sum, Ledger.Ledger ledger)
{
    /// <summary>The use of a receipt, as far as this terminal's shop may see it.</summary>
    /// <returns>The line; or <c>number_format</c>, <c>transfer_unknown</c>, <c>scope_denied</c>, <c>cancel_forbidden</c>, <c>already_cancelled</c>.</returns>
    public async Task<Result<HistoryLine>> Find(Terminal terminal, string? receipt)
    {
        var taken = await find.Run(terminal, receipt);
        if (taken.Refused is { } no) return no;
        if (taken.Value.Kind != TransferKind.Use) return Refusal.Of("cancel_forbidden");
        return taken.Value.Cancelled ? Refusal.Of("already_cancelled") : taken;
    }

    /// <returns>What went back; or the refusals of <see cref="Ledger.Ledger.Post"/>, <c>role_forbidden</c>, <c>number_format</c>.</returns>
    public async Task<Result<Posted>> Run(Terminal terminal, TransferId id, string? receipt)
    {
        if (terminal.Require(TerminalCall.CancelUse).Refused is { } noCall) return noCall;
        if (terminal.Holder is not { } holder) return Refusal.Of("role_forbidden");
        var number = ReceiptNumber.Read(receipt);
        if (number.Refused is { } unreadable) return unreadable;
        if (await reading.Find(number.Value) is not { } line) return Refusal.Of("transfer_unknown");
        var rule = await returns.Of(line.Issuer);
        // An event's points live no longer for it: the day after, its rule for left-overs has them (H-D2).
        if (line.Event is not null) rule = rule with { GraceDays = 0 };
        return await ledger.Post(Transfer.Cancel(id, number.Value.Bucket, line.Id, new AcceptorId(holder), rule, terminal.Actor) with
        {
            Terminal = terminal.Id,
            Companions = [.. await sum.Free(number.Value.Bucket, line.Id, Math.Abs(line.Change))],
        });
    }
}
