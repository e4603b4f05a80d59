using Dapper;
using MyKey.Identity.Passwords;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.AtTerminal;

/// <summary>MyKey ID and password on the terminal's keypad (S4-06b, spend.password): opens one use, no session. That the setting is on is asked before.</summary>
public sealed class ShowPassword
{
    private readonly Database database;
    private readonly CitizenTokens tokens;
    private readonly OperationLog log;
    private readonly CheckPassword check;

    public ShowPassword(Database database, CitizenTokens tokens, OperationLog log, Tries tries, PasswordHash hash)
    {
        (this.database, this.tokens, this.log) = (database, tokens, log);
        check = new CheckPassword(database, tries, hash);
    }

    /// <returns>The citizen's token; <c>login_failed</c>, <c>login_throttled</c>, <c>busy</c>, with the right pair <c>id_suspended</c>.</returns>
    public async Task<Result<string>> Show(Terminal terminal, string? myKeyId, string? password, CancellationToken stop = default)
    {
        var client = new ClientNetwork($"terminal {terminal.Id.Value:N}");
        var judged = await check.Check(new TypedPassword(myKeyId, password, client), stop);
        if (judged.Refused is { } no) return no;
        var citizen = judged.Value.Citizen.Id;
        return await database.WriteOrRefuse<string>(async tx =>
        {
            var active = await tx.Connection.ExecuteAsync("update idn_citizen set state = state where id = @Id and state = 1", new { Id = citizen }, tx.Handle);
            if (active == 0) return Refusal.Of("id_suspended");
            await check.Accept(tx, judged.Value);
            await log.Write(tx, new Operation("password.shown", terminal.Actor, Citizen: citizen, Terminal: terminal.Id));
            return await tokens.Open(tx, citizen, terminal, Way.Password);
        }, stop);
    }
}
