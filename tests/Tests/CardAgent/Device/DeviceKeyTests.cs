using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using Dapper;
using MyKey.App.Libraries;
using MyKey.Kernel.Db;
using MyKey.Tests.App.Libraries;
using MyKey.Tests.App.Machines;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent.Device;

/// <summary>Goal: the agent of a library's counter is a terminal with a key of its own, and with it gets this library's number of the card on its reader and nothing else.</summary>
public class DeviceKeyTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P9b_V_D1_it_is_enrolled_by_the_offices_code_and_gets_the_number_of_the_card_on_the_reader(Engine engine)
    {
        await using var library = await LibraryAgent.Start(engine);
        Assert.Equal("terminal_unknown", (await library.Ask.Run(default)).No!.Code);
        var (status, text) = await library.Enrol("ZZZZZZZZZZ");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("登録用の番号がちがいます", text, StringComparison.Ordinal);
        Assert.False(File.Exists(library.KeyFile));

        await library.Enrol();
        Assert.Contains("登録してあります", await library.Page(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(library.KeyFile));
        Assert.Equal("card_missing", (await library.Ask.Run(default)).No!.Code);
        var (file, citizen) = await library.Resident("CC22CC22", "789145");
        library.Put(file);
        Assert.Equal("789145", (await library.Ask.Run(default)).Number);
        // Another start of the program finds the key again; the look-ups are in the citizen's record.
        await library.Restart();
        Assert.Equal("789145", (await library.Ask.Run(default)).Number);
        var looks = await library.House.App.Database.Write(async tx =>
            (await tx.Connection.QueryAsync<(string Device, string Answer)>("select device, answer from lib_lookup where citizen = @citizen", new { citizen }, tx.Handle)).ToList());
        Assert.Equal([("counter", "told"), ("counter", "told")], looks);
        // No card, no PIN was asked for anything else.
        Assert.Equal(3, file.Tries);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P9e_S2_P9c_what_gives_no_number_at_a_tap_gives_none_here(Engine engine)
    {
        await using var library = await LibraryAgent.Start(engine);
        await library.Enrol();
        using var stranger = library.House.Authority.Issue();
        var (unlinked, _) = await library.Resident("CC22CC22");
        var (stopped, suspended) = await library.Resident("DD33DD33", "789145");
        var (blocked, shut) = await library.Resident("EE44EE44", "789146");
        await library.House.App.Database.Write(tx => tx.Connection.ExecuteAsync("update idn_citizen set state = 2 where id = @suspended", new { suspended }, tx.Handle));
        using (var revoked = library.House.Authority.IssueRevoked())
        {
            await library.House.LoadLists();
            foreach (var (certificate, code) in new[] { (stranger.CertificateDer, "mykey_missing"), (unlinked.Certificate, "not_linked"), (stopped.Certificate, "id_suspended"), (revoked.CertificateDer, "cert_revoked"), ([], "cert_missing"), (new byte[] { 0x30, 0x82, 0, 1, 0 }, "auth_failed") })
            {
                library.Put(unlinked with { Certificate = certificate });
                Assert.Equal(code, (await library.Ask.Run(default)).No!.Code);
            }
        }
        await library.Desk.Town.Get<LinkBlocks>().Set(shut, "A1", true);
        library.Put(blocked);
        Assert.Equal("link_blocked", (await library.Ask.Run(default)).No!.Code);
        Assert.Contains("番号が出ませんでした", await library.Page(), StringComparison.Ordinal);
        // An alarm counts these taps as any others: two of them had a holder who may come in.
        Assert.Equal(2, await library.House.App.Database.Write(tx => tx.Connection.ExecuteScalarAsync<long>("select count(*) from idn_tap_card", transaction: tx.Handle)));
    }

    [Fact]
    public async Task K_13_a_machine_that_asks_for_more_than_a_card_gets_no_number_by_the_card_alone()
    {
        await using var library = await LibraryAgent.Start();
        Assert.Equal(HttpStatusCode.SeeOther, (await library.Enrol(await library.Desk.EnrolCode(library.Desk.A1, "self_lending"))).Status);
        var (file, _) = await library.Resident("CC22CC22", "789145");
        library.Put(file);
        Assert.Equal("789145", (await library.Ask.Run(default)).Number);
        await library.Desk.SetWay("pin");
        Assert.Equal("step_up_required", (await library.Ask.Run(default)).No!.Code);
        await library.Desk.SetWay("code");
        Assert.Equal("step_up_required", (await library.Ask.Run(default)).No!.Code);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task V_D1_its_key_is_renewed_and_ends_with_the_offices_word(Engine engine)
    {
        await using var library = await LibraryAgent.Start(engine);
        await library.Enrol();
        var (file, _) = await library.Resident("CC22CC22", "789145");
        library.Put(file);
        var first = library.Cookie();
        await library.DeviceKey.Renew(default);
        Assert.Equal(first, library.Cookie());
        await library.House.App.Database.Write(tx => tx.Connection.ExecuteAsync("update idn_terminal set token_ms = token_ms - 90000000", transaction: tx.Handle));
        await library.DeviceKey.Renew(default);
        Assert.NotEqual(first, library.Cookie());
        Assert.Equal("789145", (await library.Ask.Run(default)).Number);
        Assert.Equal(["terminal.token_rotated"], await library.Desk.Logged("terminal.token_"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Look(library, first, file.Certificate)).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await library.Desk.Office.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/office/terminals/{await Id(library)}") { Content = JsonContent.Create(new { reason = "こわれた" }) })).StatusCode);
        Assert.Equal("terminal_revoked", (await library.Ask.Run(default)).No!.Code);
    }

    [Fact]
    public async Task V_D1_a_key_that_others_can_read_is_not_used()
    {
        await using var library = await LibraryAgent.Start();
        await library.Enrol();
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(library.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await library.Restart();
        Assert.Equal("terminal_unknown", (await library.Ask.Run(default)).No!.Code);
    }

    [Fact]
    public async Task S2_P9d_a_system_has_no_reader_and_a_shops_device_no_numbers()
    {
        await using var library = await LibraryAgent.Start();
        var (file, _) = await library.Resident("CC22CC22", "789145");
        using var device = await library.Desk.Device(library.Desk.A1);
        var certificate = Base64Url.EncodeToString(file.Certificate);
        Assert.Equal("789145", (await LibraryDesk.Read<LookupReply>(await Post(device, new { certificate }))).UserNumber);
        Assert.Equal("field_required", await LibraryDesk.Code(await Post(device, new { })));
        Assert.Equal("field_required", await LibraryDesk.Code(await Post(device, new { certificate, citizenToken = "x" })));
        Assert.Equal("body_unreadable", await LibraryDesk.Code(await Post(device, new { certificate = certificate + "=" })));
        Assert.Equal("scope_denied", await LibraryDesk.Code(await Post(device, new { certificate, provider = "B1" })));
        Assert.Equal("field_unknown", await LibraryDesk.Code(await Post(device, new { certificate, book = "x" })));
        await using var keys = await KeyDesk.In(library.House.App, library.Desk.Town, library.Desk.Desk);
        using var system = keys.Machine(await keys.Give(keys.Wanted("links.read", library.Desk.A1)));
        Assert.Equal("role_forbidden", await LibraryDesk.Code(await Post(system, new { certificate })));
    }

    private static Task<HttpResponseMessage> Post(HttpClient client, object body) => client.PostAsJsonAsync($"{LibraryDesk.Links}/lookups", body);

    private static async Task<HttpResponseMessage> Look(LibraryAgent library, string cookie, byte[] certificate)
    {
        using var client = library.House.App.Client();
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        return await Post(client, new { certificate = Base64Url.EncodeToString(certificate) });
    }

    private static Task<Guid> Id(LibraryAgent library) => library.House.App.Database.Write(tx => tx.Connection.QuerySingleAsync<Guid>("select id from idn_terminal", transaction: tx.Handle));
}
