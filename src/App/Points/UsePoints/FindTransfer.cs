using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.UsePoints;

/// <summary>A use or a cancel by its receipt number, for the shop that took the points and nobody else (S0-1014b).</summary>
public sealed class FindTransfer(LedgerReading reading)
{
    /// <returns>The line; <c>number_format</c>, <c>transfer_unknown</c>, <c>scope_denied</c>.</returns>
    public async Task<Result<HistoryLine>> Run(Terminal terminal, string? receipt)
    {
        var number = ReceiptNumber.Read(receipt);
        if (number.Refused is { } unreadable) return unreadable;
        if (await reading.Find(number.Value) is not { } line) return Refusal.Of("transfer_unknown");
        return terminal.Holder is { } holder && line.Acceptor?.Value == holder ? line : Refusal.Of("scope_denied");
    }
}
