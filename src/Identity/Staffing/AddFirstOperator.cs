using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity.Staffing;

/// <summary>
/// The way in on a fresh machine (decision 4): the command prints a one-time enrolment URL. Refused once an operator has enrolled; until
/// then a new URL replaces the one that was lost.
/// </summary>
public sealed class AddFirstOperator(Database database, TimeProvider clock, OperationLog log)
{
    /// <returns>The token of the enrolment URL; <c>operator_exists</c>; <c>number_format</c>.</returns>
    public Task<Result<string>> Add(string? number, CancellationToken stop = default)
    {
        var read = StaffNumber.Read(number);
        if (read.Refused is { } no) return Task.FromResult<Result<string>>(no);
        return database.WriteOrRefuse<string>(async tx =>
        {
            if (tx.Engine == Engine.Postgres) await tx.Connection.ExecuteAsync("lock table idn_staff in share row exclusive mode", transaction: tx.Handle);
            if (await ChangeStaff.Operators(tx) > 0) return Refusal.Of("operator_exists");
            await tx.Connection.ExecuteAsync("update idn_staff set state = 3, enrol_hash = null where state = 1 and id in (select staff from idn_staff_role where role = 'operator')", transaction: tx.Handle);
            await tx.Connection.ExecuteAsync("update idn_staff set number = number || '-' || created_ms where number = @Number and state = 3", new { Number = read.Value }, tx.Handle);
            var staff = Ids.New<StaffId>(clock);
            var token = Token.New();
            await tx.Connection.ExecuteAsync("insert into idn_staff(id, number, state, enrol_hash, enrol_until_ms, created_ms) values (@Id, @Number, 1, @Hash, @Until, @Now)",
                new { Id = staff, Number = read.Value, token.Hash, Until = clock.NowMs() + EnrolStaff.UrlLifeMs, Now = clock.NowMs() }, tx.Handle);
            await tx.Connection.ExecuteAsync("insert into idn_staff_role(staff, role, municipality) values (@Id, 'operator', '')", new { Id = staff }, tx.Handle);
            await log.Write(tx, new Operation("staff.invited", Actor.Job("operator-add"), staff.Value, After: "operator"));
            return token.Text;
        }, stop);
    }
}

/// <summary>職員番号: 3 to 16 of A–Z, 0–9 and hyphen; an office's own count, never a name.</summary>
public static class StaffNumber
{
    public static Result<string> Read(string? typed)
    {
        var text = Typed.HalfWidth(typed).ToUpperInvariant();
        return text.Length is >= 3 and <= 16 && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-') ? text : Refusal.Of("number_format");
    }
}
