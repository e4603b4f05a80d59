using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Citizens;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.UsePoints;

/// <summary>Goal: a terminal uses points through the API exactly as on the screen (S0-4016a, decision 7).</summary>
public class UsesEndpointTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P7c_1000_of_2800_leaves_1800_and_a_repeat_answers_the_same(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var token = await till.CitizenToken();
        var id = Guid.CreateVersion7();

        var first = await till.Use(id, token, "132985", 1000);
        var again = await till.Use(id, token, "132985", 1000);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.Status, again.Status));
        Assert.Equal(1800, first.Body.GetProperty("balanceAfter").GetInt64());
        Assert.Equal(first.Body.GetRawText(), again.Body.GetRawText());
        Assert.Matches("^[0-9]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$", first.Body.GetProperty("receipt").GetString());
        Assert.Equal(1800, await till.Town.Usable(Town.A));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Each_refusal_has_its_code_and_changes_nothing(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var token = await till.CitizenToken();

        Assert.Equal((HttpStatusCode.Conflict, "insufficient_points"), await till.Refused(token, "132985", 2801));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "amount_format"), await till.Refused(token, "132985", 0));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "amount_format"), await till.Refused(token, "132985", -5));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "number_format"), await till.Refused(token, "132984", 1));
        Assert.Equal((HttpStatusCode.Conflict, "not_accepted_here"), await till.Refused(token, "134996", 1));
        Assert.Equal((HttpStatusCode.Forbidden, "step_up_required"), await till.Refused(token, "132985", 3001));
        Assert.Equal("token_expired", (await till.Refused("nobody", "132985", 1)).Code);
        Assert.Equal((2800, 2000, 1740), (await till.Town.Usable(Town.A), await till.Town.Usable(Town.B), await till.Town.Usable(Town.C)));
    }

    [Fact]
    public async Task The_token_serves_one_use_at_one_terminal()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        var token = await till.CitizenToken();
        await using var other = await till.Second();

        Assert.Equal("token_expired", (await other.Refused(token, "132985", 1)).Code);
        Assert.Equal(HttpStatusCode.Created, (await till.Use(Guid.CreateVersion7(), token, "132985", 1)).Status);
        Assert.Equal("token_expired", (await till.Refused(token, "132985", 1)).Code);
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_id_reused()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        var (id, token) = (Guid.CreateVersion7(), await till.CitizenToken());
        await till.Use(id, token, "132985", 1000);

        Assert.Equal("id_reused", (await till.Use(id, token, "132985", 999)).Code);
        Assert.Equal("id_reused", (await till.Use(id, token, "134988", 1000)).Code);
        Assert.Equal(1800, await till.Town.Usable(Town.A));
    }

    [Fact]
    public async Task S4_06a_only_a_registered_terminal_gets_in()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        using var stranger = new HttpClient { BaseAddress = till.App.Loopback };

        var answer = await stranger.PostAsJsonAsync("/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = "x", issuer = "132985", amount = 1 });

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("terminal_unknown", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task S0_1022a_a_suspended_ID_cannot_pay_even_with_a_token_in_hand()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        var token = await till.CitizenToken();
        await till.Town.Get<Database>().Write(tx => Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update idn_citizen set state = 2", transaction: tx.Handle));

        Assert.Equal("id_suspended", (await till.Refused(token, "132985", 1)).Code);
        Assert.Equal(2800, await till.Town.Usable(Town.A));
    }

    [Fact]
    public async Task K_02_the_way_of_showing_oneself_can_be_switched_off_and_the_limit_moved()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        var token = await till.CitizenToken();
        var set = till.Town.Get<SetSetting>();
        await set.Run(new("spend.pin_above", SettingPlace.Of(Town.A), "500", Actor.Job("test")));
        Assert.Equal("step_up_required", (await till.Refused(token, "132985", 501)).Code);
        await set.Run(new("spend.code", SettingPlace.Of(Town.A), "off", Actor.Job("test")));
        Assert.Equal("step_up_required", (await till.Refused(token, "132985", 1)).Code);
        Assert.Equal(HttpStatusCode.Created, (await till.Use(Guid.CreateVersion7(), token, "134988", 1)).Status);
    }

    [Fact]
    public async Task An_unknown_field_and_an_unreadable_body_are_refused()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        var extra = await till.Client.PostAsJsonAsync("/api/v1/uses", new { id = Guid.CreateVersion7(), citizenToken = "x", issuer = "132985", amount = 1, item = "本" });
        var junk = await till.Client.PostAsync("/api/v1/uses", new StringContent("{", System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal((422, 400), ((int)extra.StatusCode, (int)junk.StatusCode));
        Assert.Equal("application/problem+json", junk.Content.Headers.ContentType?.MediaType);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task U_D1_the_history_that_is_copied_names_nobody(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Use(Guid.CreateVersion7(), await till.CitizenToken(), "132985", 1000);
        await using var connection = await till.App.Database.Open();
        var records = (await connection.QueryAsync<byte[]>("select record from ledger_entry")).ToList();
        Assert.Equal(4, records.Count);
        Assert.DoesNotContain(records, r => r.AsSpan().IndexOf("MY123456"u8) >= 0);
    }
}
