using System.Security.Cryptography;
using Dapper;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Terminals;

/// <param name="Label">Where it stands; no person's name, no My Number (FreeText).</param>
/// <param name="Id">Made by the caller: the same again gets a new code, not a second terminal.</param>
public sealed record NewTerminal(MunicipalityCode Municipality, Guid? Holder, string? Label, IReadOnlyList<TerminalProfile> Profiles, TerminalId? Id = null);

/// <param name="Code">10 characters to type at the device, 15 minutes, once.</param>
public sealed record RegisteredTerminal(TerminalId Id, string Code, long UntilMs);

/// <summary>An office registers a device and gets the code that turns it into a terminal (S4-06a).</summary>
public sealed class RegisterTerminal(Database database, TimeProvider clock, OperationLog log)
{
    public const long CodeLifeMs = 15 * 60_000;
    public const int LocatorLength = 4, CodeLength = 10;

    /// <returns><c>role_forbidden</c>, <c>field_required</c>, <c>my_number_refused</c>, <c>pan_refused</c>, <c>id_reused</c>.</returns>
    public async Task<Result<RegisteredTerminal>> Register(StaffMember by, NewTerminal terminal, CancellationToken stop = default)
    {
        if (by.Require(Role.TerminalAdmin, terminal.Municipality).Refused is { } no) return no;
        var label = Typed.HalfWidth(terminal.Label);
        if (label.Length is 0 or > 40 || terminal.Profiles.Count == 0) return Refusal.Of("field_required");
        if (FreeText.Check(label) is { } personal) return personal;
        return await database.WriteOrRefuse<RegisteredTerminal>(async tx =>
        {
            var id = terminal.Id ?? Ids.New<TerminalId>(clock);
            if (await FindTerminal.Get(tx.Connection, tx.Handle, id) is { } there)
                return there.State == TerminalState.Registered && (there.Municipality, there.Holder, there.Label, TerminalProfiles.Write(there.Profiles))
                    == (terminal.Municipality, terminal.Holder, label, TerminalProfiles.Write(terminal.Profiles)) ? await GiveCode(tx, id) : Refusal.Of("id_reused");
            await tx.Connection.ExecuteAsync("""
                insert into idn_terminal(id, municipality, holder, label, profiles, state, created_ms) values (@Id, @Municipality, @Holder, @Label, @Profiles, 1, @Now)
                """, new { Id = id, terminal.Municipality, terminal.Holder, Label = label, Profiles = TerminalProfiles.Write(terminal.Profiles), Now = clock.NowMs() }, tx.Handle);
            await log.Write(tx, new Operation("terminal.registered", Actor.Of(by.Id), id.Value, Terminal: id, After: $"{terminal.Municipality} {TerminalProfiles.Write(terminal.Profiles)}"));
            return await GiveCode(tx, id);
        }, stop);
    }

    /// <summary>A new code for a device whose code ran out, or that lost its token. The old token stays good until the new code is typed.</summary>
    public Task<Result<RegisteredTerminal>> RenewCode(StaffMember by, TerminalId id, CancellationToken stop = default) =>
        database.WriteOrRefuse<RegisteredTerminal>(async tx =>
        {
            var terminal = await FindTerminal.Get(tx.Connection, tx.Handle, id);
            if (terminal is null) return Refusal.Of("terminal_unknown");
            if (by.Require(Role.TerminalAdmin, terminal.Municipality).Refused is { } no) return no;
            if (terminal.State == TerminalState.Revoked) return Refusal.Of("terminal_revoked");
            await log.Write(tx, new Operation("terminal.code_renewed", Actor.Of(by.Id), id.Value, Terminal: id));
            return await GiveCode(tx, id);
        }, stop);

    /// <summary>The first four characters find the record, the other six prove the code: wrong tries count on the one record they aim at.</summary>
    private async Task<RegisteredTerminal> GiveCode(Transaction tx, TerminalId id)
    {
        var untilMs = clock.NowMs() + CodeLifeMs;
        for (var round = 0; round < 50; round++)
        {
            var code = RandomNumberGenerator.GetString(MyKeyId.Unambiguous, CodeLength);
            var rows = await tx.Connection.ExecuteAsync("""
                update idn_terminal set locator = @Locator, enrol_hash = @Hash, enrol_until_ms = @UntilMs, enrol_tries = 5
                where id = @Id and not exists (select 1 from idn_terminal o where o.locator = @Locator and o.id <> @Id)
                """, new { Id = id, Locator = code[..LocatorLength], Hash = Token.HashOf(code), UntilMs = untilMs }, tx.Handle);
            if (rows == 1) return new RegisteredTerminal(id, code, untilMs);
        }
        throw new BrokenProperty("a free locator is found in fifty draws", nameof(RegisterTerminal), 0);
    }
}
