using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Staffing;

/// <summary>The 6 digits of an invitation that somebody proposed: he tells them to whom he invited.</summary>
/// <param name="Number">Of the invited member.</param>
public sealed record InvitationCode(Guid Change, string Number, string Code);

/// <summary>
/// The second part of an invitation that two people made (V-D3): the address goes to whoever approved, 6 digits to whoever proposed, and it takes both to enrol, so that
/// neither can enrol as the invited one. The digits follow from the change and the key-encryption key; the address names its change, so that they can't be mixed up.
/// </summary>
public sealed class InvitationCodes(Database database, Kek kek, Tries tries, TimeProvider clock)
{
    private const uint Codes = 1_000_000;

    // A million codes against 24 hours of tries five minutes apart.
    private static readonly TryRule Rule = new(Free: 5, LongestWaitMs: 300_000, ForgetMs: EnrolStaff.UrlLifeMs);

    // An invitation of somebody who is there carries his id, a first one only the number it will make.
    private const string Mine = """
        select c.id, s.number from idn_staff_change c join idn_staff s on s.id = c.staff where c.maker = @maker and c.kind = 5 and c.state in (1, 2) and c.made_ms > @since and s.state <> 3
          and (c.decided_by is null or c.decided_by <> c.maker and s.state = 1)
        union all
        select c.id, c.number from idn_staff_change c left join idn_staff s on s.number = c.number where c.maker = @maker and c.kind = 1 and c.state in (1, 2) and c.made_ms > @since
          and (c.decided_by is null or c.decided_by <> c.maker and s.state = 1)
        """;

    /// <summary>Of what somebody proposed in the last days and is not enrolled.</summary>
    public async Task<IReadOnlyList<InvitationCode>> Of(StaffMember maker, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var codes = new List<InvitationCode>();
        foreach (var (change, number) in await connection.QueryAsync<(Guid, string)>(Mine, new { maker = maker.Id, since = clock.NowMs() - 14 * EnrolStaff.UrlLifeMs }))
            codes.Add(new(change, number, await Of(change, stop)));
        return codes;
    }

    /// <summary>A token of a change that two people made.</summary>
    internal static (string Text, byte[] Hash) Bind((string Text, byte[] Hash) token, Guid change)
    {
        var text = $"{token.Text}.{change:N}";
        return (text, Token.HashOf(text));
    }

    /// <param name="token">That was found good, whole.</param>
    /// <returns>null where no digits are needed, or these are they; <c>invitation_code_required</c>, <c>invitation_code_wrong</c>, <c>rate_limited</c>.</returns>
    internal async Task<Refusal?> Check(string token, string? typed, CancellationToken stop)
    {
        if (token.IndexOf('.', StringComparison.Ordinal) is not (>= 0 and var dot)) return null;
        var change = Guid.ParseExact(token[(dot + 1)..], "N");
        var code = Typed.HalfWidth(typed);
        if (code.Length == 0) return Refusal.Of("invitation_code_required");
        var key = TryKey.Of("staff.enrol.code", change.ToString("N"));
        if (await database.Write(tx => tries.Reserve(tx, key, Rule), stop) > 0) return Refusal.Of("rate_limited");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(await Of(change, stop)), Encoding.UTF8.GetBytes(code))) return Refusal.Of("invitation_code_wrong");
        await database.Write(tx => tries.Clear(tx, key), stop);
        return null;
    }

    internal async Task<string> Of(Guid change, CancellationToken stop) =>
        (BinaryPrimitives.ReadUInt64BigEndian(await kek.Digest($"enrol:{change:N}", stop)) % Codes).ToString("D6", CultureInfo.InvariantCulture);
}
