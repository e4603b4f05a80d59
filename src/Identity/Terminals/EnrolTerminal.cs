using Dapper;
using MyKey.Identity.Passwords;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Terminals;

/// <param name="Token">For the cookie <c>__Host-terminal</c>, 256 bits.</param>
public sealed record EnrolledTerminal(TerminalId Id, string Token);

/// <summary>The device types the office's code and sets the shop's own code; from then on it is known by its token (decision 16).</summary>
public sealed class EnrolTerminal(Database database, TimeProvider clock, PasswordHash hash, Tries tries, OperationLog log)
{
    private static readonly TryRule Rule = new(Free: 10, LongestWaitMs: 900_000, ForgetMs: Jst.DayMs);

    /// <param name="code">10 characters, case and full width as you like.</param>
    /// <param name="shopCode">6 to 12 digits that the shop chooses; not one digit over and over, not a run.</param>
    /// <returns><c>enrol_code_wrong</c>; <c>enrol_code_expired</c> after 15 minutes or five wrong tries; <c>shop_code_weak</c>; <c>rate_limited</c>; <c>busy</c>.</returns>
    public async Task<Result<EnrolledTerminal>> Enrol(string? code, string? shopCode, ClientNetwork network, CancellationToken stop = default)
    {
        var shop = ShopCode.Read(shopCode);
        if (shop.Refused is { } weak) return weak;
        var typed = Typed.HalfWidth(code).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
        if (typed.Length != RegisterTerminal.CodeLength) return Refusal.Of("enrol_code_wrong");
        var key = TryKey.Of("terminal.enrol", network.Prefix);
        if (await database.Write(tx => tries.Reserve(tx, key, Rule), stop) > 0) return Refusal.Of("rate_limited");
        var judged = await database.Write(tx => Judge(tx, typed), stop);
        if (judged.Refused is { } no) return no;
        var made = await hash.Make(shop.Value, stop);
        if (made.Refused is { } busy) return busy;
        return await database.WriteOrRefuse<EnrolledTerminal>(async tx =>
        {
            var token = Token.New();
            var rows = await tx.Connection.ExecuteAsync("""
                update idn_terminal set state = 2, locator = null, enrol_hash = null, enrol_until_ms = null, token_hash = @Token, next_hash = null, token_ms = @Now,
                  shop_salt = @Salt, shop_hash = @Hash, shop_iterations = @Iterations
                where id = @Id and enrol_hash = @Code and state <> 3
                """, new { Id = judged.Value, Token = token.Hash, Code = Token.HashOf(typed), Now = clock.NowMs(), made.Value.Salt, made.Value.Hash, made.Value.Iterations }, tx.Handle);
            if (rows == 0) return Refusal.Of("enrol_code_expired");
            await tries.Clear(tx, key);
            await log.Write(tx, new Operation("terminal.enrolled", Actor.Of(judged.Value), judged.Value.Value, Terminal: judged.Value));
            return new EnrolledTerminal(judged.Value, token.Text);
        }, stop);
    }

    /// <summary>Takes one try off the record before looking, so that tries at one instant count, too.</summary>
    private async Task<Result<TerminalId>> Judge(Transaction tx, string typed)
    {
        var row = await tx.Connection.QuerySingleOrDefaultAsync<(TerminalId Id, byte[] Hash, long UntilMs, int Tries)?>("""
            update idn_terminal set enrol_tries = enrol_tries - 1 where locator = @Locator and state <> 3
            returning id, enrol_hash, enrol_until_ms, enrol_tries
            """, new { Locator = typed[..RegisterTerminal.LocatorLength] }, tx.Handle);
        if (row is not { } found) return Refusal.Of("enrol_code_wrong");
        if (found.Tries < 0 || found.UntilMs <= clock.NowMs()) return Refusal.Of("enrol_code_expired");
        return found.Hash.AsSpan().SequenceEqual(Token.HashOf(typed)) ? found.Id : Refusal.Of("enrol_code_wrong");
    }
}

/// <summary>The shop's own code: asked for cancel, day list and settings.</summary>
public static class ShopCode
{
    public static Result<string> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed);
        if (text.Length is < 6 or > 12 || !text.All(char.IsAsciiDigit)) return Refusal.Of("shop_code_weak");
        var steps = text.Zip(text.Skip(1), (a, b) => b - a).Distinct().ToList();
        return steps is [0] or [1] or [-1] ? Refusal.Of("shop_code_weak") : text;
    }
}
