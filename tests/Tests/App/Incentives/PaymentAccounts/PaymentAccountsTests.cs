using System.Text;
using Dapper;
using MyKey.App.PaymentAccounts;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Sandbox.PaymentServices;
using MyKey.Tests.App.Claims;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.PaymentAccounts;

/// <summary>Goal: an account at a payment service is registered with the service's own yes, by its owner alone, and neither its ID nor its code can be read anywhere.</summary>
public class PaymentAccountsTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_25b_S1_25c_all_three_are_needed_and_the_service_says_yes(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var me = await town.Citizen();
        var accounts = town.Town.Get<MyPaymentAccounts>();
        var (id, code) = ServiceBooks.Member(1);
        Task<Result<PaymentAccount>> Typed(Guid? service, string? number, string? secret) => accounts.Add(me.Session, me.Id, new TypedAccount(service, number, secret));

        Assert.Equal("service", (await Typed(null, id, code)).Refused?.Fact<string>("field"));
        Assert.Equal("serviceId", (await Typed(town.Midori.Value, " ", code)).Refused?.Fact<string>("field"));
        Assert.Equal("securityCode", (await Typed(town.Midori.Value, id, null)).Refused?.Fact<string>("field"));
        Assert.Equal("not_found", (await Typed(Guid.NewGuid(), id, code)).Refused?.Code);
        Assert.Equal("service_auth_failed", (await Typed(town.Midori.Value, id, "hina-0000")).Refused?.Code);
        Assert.Equal("service_auth_failed", (await Typed(town.Midori.Value, "pay-9999", code)).Refused?.Code);
        Assert.Equal("pan_refused", (await Typed(town.Midori.Value, "4111 1111 1111 1111", code)).Refused?.Code);
        town.Books.Set("midori", ServiceFault.Down);
        Assert.Equal("service_silent", (await Typed(town.Midori.Value, id, code)).Refused?.Code);
        town.Books.Set("midori", ServiceFault.None);
        var made = (await Typed(town.Midori.Value, id, code)).Value;

        Assert.Equal(("0001", AccountState.Live), (made.Tail, made.State));
        var token = await town.Town.App.Database.Write(tx => town.Town.Get<OpenSessions>().Open(tx, new NewSession(SessionKind.Citizen, MyKey.Identity.Sessions.Assurance.A2) { Citizen = me.Id }));
        var byPassword = (await town.Town.Get<OpenSessions>().Find(token, SessionKind.Citizen)).Value;
        Assert.Equal("step_up_required", (await accounts.Add(byPassword, me.Id, new TypedAccount(town.Midori.Value, id, code))).Refused?.Code);
        Assert.True(await accounts.Remove(me.Id, made.Id));
        Assert.False(await accounts.Remove(me.Id, made.Id));
        Assert.Empty(await accounts.Of(me.Id));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_39_S1_15c_K_14_one_service_id_is_one_persons_and_nobody_hears_whose(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var (me, child) = (await town.Citizen(), await town.Citizen(2));
        var made = (await town.Add(me, town.Midori, 1)).Value;

        var taken = (await town.Add(child, town.Midori, 1)).Refused!;

        Assert.Equal("service_id_taken", taken.Code);
        Assert.DoesNotContain(me.Id.Value.ToString(), taken.ToString(), StringComparison.Ordinal);
        Assert.Equal(made.Id, (await town.Add(me, town.Midori, 1)).Value.Id);
        Assert.Null((await town.Add(child, town.Sora, 1)).Refused);   // another service has members of its own
        Assert.True(await town.Town.Get<MyPaymentAccounts>().Remove(me.Id, made.Id));
        Assert.Null((await town.Add(child, town.Midori, 1)).Refused);
        var many = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => town.Add(i % 2 == 0 ? me : child, town.Midori, 2)));
        Assert.Single(many.Where(m => m.Ok).Select(m => m.Value.Citizen).Distinct());
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S1_25b_neither_code_nor_id_is_in_any_table(Engine engine)
    {
        await using var town = await PayTown.Open(engine);
        var me = await town.Citizen();
        var (id, code) = ServiceBooks.Member(7);
        await town.Add(me, town.Midori, 7, "hina-wrong-code");
        await town.Add(me, town.Midori, 7);
        await town.Claim(me.Id, await town.Entitle(me.Id, 100), (await town.Town.Get<MyPaymentAccounts>().Of(me.Id)).Single().Id.ToString("N"));

        var all = await Everything(town.Town.App.Database);

        Assert.Contains(me.Id.Value.ToString("N")[..8], all, StringComparison.OrdinalIgnoreCase);
        foreach (var secret in new[] { id, code, "hina-wrong-code", $"account-of-{id}", ServiceBooks.ClientSecret })
        {
            Assert.DoesNotContain(secret, all, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToHexString(Encoding.ASCII.GetBytes(secret)), all, StringComparison.OrdinalIgnoreCase);
        }
        Assert.DoesNotContain(code, new TypedAccount(town.Midori.Value, id, code).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(code, new PaymentAccountRequest(town.Midori.Value, id, code).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S1_25c_wrong_pairs_slow_the_next_one_down()
    {
        await using var town = await PayTown.Open();
        var (me, other) = (await town.Citizen(), await town.Citizen(2));
        var codes = new List<string?>();
        for (var i = 0; i < 12 && !codes.Contains("service_throttled"); i++) codes.Add((await town.Add(me, town.Midori, 3, $"hina-{i}xxx")).Refused?.Code);

        Assert.Equal("service_auth_failed", codes[0]);
        Assert.Equal("service_throttled", codes[^1]);
        Assert.Equal("service_throttled", (await town.Add(other, town.Midori, 3)).Refused?.Code);   // by somebody else at the same ID, too
        town.Coupons.Clock.Jump(TimeSpan.FromHours(1));
        Assert.Null((await town.Add(me, town.Midori, 3)).Refused);
    }

    /// <summary>Every row of every table, bytes in hexadecimal.</summary>
    private static async Task<string> Everything(Database database)
    {
        var text = new StringBuilder();
        await using var connection = await database.Open();
        var tables = await connection.QueryAsync<string>(database.Engine == Engine.Postgres ? "select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'" : "select name from sqlite_master where type = 'table'");
        foreach (var table in tables.ToList())
            foreach (IDictionary<string, object?> row in await connection.QueryAsync("select * from " + table))
                foreach (var value in row.Values) text.AppendLine(value is byte[] bytes ? Convert.ToHexString(bytes) : value is Guid guid ? guid.ToString("N") : value?.ToString());
        return text.ToString();
    }
}
