using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Dapper;
using MyKey.App.Mail;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Certificates;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Outbox;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Mail;

/// <summary>Goal: each guard of the mail that no other test sees broken: what it lets through without it is looked for here (S0-5004a, S0-5004c, K-28).</summary>
public sealed class MailGuardTests
{
    private static readonly ClientNetwork Network = new("192.0.2.0/24");

    [Fact]
    public async Task S0_5004a_who_is_stopped_neither_asks_for_a_number_nor_proves_one()
    {
        await using var town = await MailTown.Start();
        var citizen = await town.Town.Resident();
        var (keep, session) = (town.Town.Get<KeepMail>(), await CardSession(town, citizen));
        Assert.True((await keep.Ask(session, new NewMail(MailTown.Mine, null, Network))).Ok);
        await town.Deliver();
        await Set(town, "update idn_citizen set state = 2");
        Assert.Equal("id_suspended", (await keep.Ask(session, new NewMail("other@mail.example", null, Network))).Refused?.Code);
        Assert.Equal("id_suspended", (await keep.Confirm(session, town.Code())).Refused?.Code);
    }

    [Fact]
    public async Task S0_5004a_V_D2_the_right_password_and_the_right_number_begin_the_count_anew()
    {
        await using var town = await MailTown.Start();
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        for (var round = 0; round < 3; round++)
        {
            foreach (var password in (string[])["wrong wrong wrong", "wrong wrong wrong", Residents.Password])
            {
                var asked = await me.PutAsJsonAsync("/api/v1/my/mail", new { mail = MailTown.Mine, password });
                Assert.Equal(password == Residents.Password ? "ok" : "login_failed", await Word(asked));
            }
        }
        Assert.Equal("mail_throttled", await Word(await me.PutAsJsonAsync("/api/v1/my/mail", new { mail = MailTown.Mine, password = Residents.Password })));
        await town.Deliver();
        Assert.Equal("ok", await Word(await me.PostAsJsonAsync("/api/v1/my/mail/code", new { code = town.Code() })));
        Assert.Equal("ok", await Word(await me.PutAsJsonAsync("/api/v1/my/mail", new { mail = "other@mail.example", password = Residents.Password })));
    }

    [Fact]
    public async Task S0_5004a_only_the_last_number_goes_out_and_what_was_typed_waits_no_longer_than_it()
    {
        await using var town = await MailTown.Start();
        await town.Town.Resident();
        using var me = await town.Town.LoggedIn();
        foreach (var mail in (string[])["first@mail.example", MailTown.Mine]) await me.PutAsJsonAsync("/api/v1/my/mail", new { mail, password = Residents.Password });
        await town.Deliver();
        Assert.Equal(MailTown.Mine, Assert.Single(town.Boxes.All).To);
        Assert.Equal(MailTown.Mine, await Waiting());
        town.Clock.Jump(TimeSpan.FromMinutes(10));
        Assert.Null(await Waiting());
        using var proven = await town.WithMail();
        Assert.Null(await Waiting());

        async Task<string?> Waiting() => (await me.GetFromJsonAsync<MyMailReply>("/api/v1/my/mail"))!.Waiting;
    }

    [Fact]
    public async Task S0_5004c_the_welcome_is_for_new_ids_and_what_was_switched_off_ends_with_the_mailbox()
    {
        await using var town = await MailTown.Start();
        await town.Town.Resident();
        town.Clock.Jump(TimeSpan.FromDays(2));
        using var me = await town.WithMail();
        Assert.Equal("お知らせのメールアドレスが決まりました", town.Room.After(1).Single());
        for (var twice = 0; twice < 2; twice++) await me.PutAsJsonAsync("/api/v1/my/mail/notices/granted", new { on = false });
        Assert.Equal(1, await Count(town, "select count(*) from log_operation where action = 'mail.notice_switched'"));
        await me.DeleteAsync("/api/v1/my/mail");
        Assert.Equal(0, await Count(town, "select count(*) from idn_mail_off"));
    }

    [Fact]
    public async Task K_28_a_number_stops_an_id_once_in_its_time_for_the_mailbox_of_now_and_for_nothing_else()
    {
        await using var town = await MailTown.Start();
        await town.Town.Resident();
        using var me = await town.WithMail();
        using var stranger = town.Town.App.Client();

        // One that was made to prove a mailbox stops nothing.
        await me.PutAsJsonAsync("/api/v1/my/mail", new { mail = "other@mail.example", password = Residents.Password });
        await town.Deliver();
        await using var connection = await town.Town.App.Database.Open();
        var proves = await connection.QuerySingleAsync<Guid>("select id from idn_mail_code where state = 1 and purpose = 1");
        Assert.Equal("mail_code_wrong", await Stop(proves, town.Code("other@mail.example")));

        var late = await Asked();
        town.Clock.Jump(TimeSpan.FromMinutes(10));
        Assert.Equal("mail_code_wrong", await Stop(late.Request, late.Code));

        // The mailbox was changed since: who reads the old one stops nothing.
        var before = await Asked();
        using (var again = await town.WithMail(mail: "new@mail.example"))
            Assert.Equal("mail_code_wrong", await Stop(before.Request, before.Code));
        Assert.Equal(CitizenState.Active, (await town.Town.Get<FindCitizen>().ById(MyKeyId.Read(Residents.MyKeyId).Value))!.State);

        var right = await Asked("new@mail.example");
        Assert.Equal("ok", await Stop(right.Request, right.Code));
        Assert.Equal("mail_code_wrong", await Stop(right.Request, right.Code));

        async Task<string> Stop(Guid request, string code) => await Word(await stranger.PostAsJsonAsync("/api/v1/my/stop/code", new { request, code }));

        async Task<(Guid Request, string Code)> Asked(string mail = MailTown.Mine)
        {
            var request = (await (await stranger.PostAsJsonAsync("/api/v1/my/stop/mail", new { myKeyId = Residents.MyKeyId, mail })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("request").GetGuid();
            await town.Deliver();
            return (request, town.Code(mail));
        }
    }

    [Fact]
    public async Task S0_5004c_nobody_is_looked_at_twice_a_day_and_of_two_processes_one_tells()
    {
        await using var town = await MailTown.Start();
        var citizen = await town.Town.Resident(home: Residents.A);
        using var me = await town.WithMail();
        var (marks, today) = (town.Town.Get<LapseMarks>(), town.Clock.Today());
        var mark = Assert.Single(await marks.Behind(today, 10));
        Assert.True(await marks.Tell(mark, today, [("132985", "20180115")]));
        Assert.False(await marks.Tell(mark, today, [("132985", "20180115")]));
        Assert.Empty(await marks.Behind(today, 10));
        await town.Deliver();
        Assert.Single(town.Room.After(2));
        Assert.Equal(citizen, mark.Citizen);
    }

    [Fact]
    public async Task S0_5004c_without_a_relay_nothing_is_asked_written_or_looked_for()
    {
        await using var town = await MailTown.Start();
        var citizen = await town.Town.Resident();
        using var me = await town.WithMail();
        Assert.NotEmpty(await town.Town.Get<PointNotices>().Hearers(Notice.Granted, [citizen]));
        Assert.Empty(await new PointNotices(town.Town.Get<WriteNotice>(), new MailOptions()).Hearers(Notice.Granted, [citizen]));
        var silent = new TellLapses(town.Town.Get<LapseMarks>(), town.Town.Get<MyKey.Ledger.LedgerReading>(), new MailOptions(), town.Clock);
        Assert.Equal("not now", (await silent.Run(new JobRun("mail-tell-lapses", Guid.NewGuid(), 1, long.MaxValue), TestContext.Current.CancellationToken)).Text);
    }

    [Fact]
    public async Task Only_mails_stand_on_the_page_of_mails()
    {
        await using var town = await MailTown.Start();
        await town.Town.App.Database.Write(tx => town.Town.Get<Outbox>().Write(tx, "news", "x"));
        await Set(town, "update krn_outbox set state = 'stuck'");
        Assert.Single(await town.Town.Get<Outbox>().Stuck());
        Assert.Empty(await town.Town.Get<UnsentMails>().All());
    }

    [Fact]
    public async Task V_D3_an_officer_neither_sends_a_mail_again_nor_drops_it()
    {
        await using var town = await MailTown.Start();
        var id = await town.Town.App.Database.Write(tx => town.Town.Get<Outbox>().Write(tx, WriteNotice.Kind, "{}"));
        await Set(town, "update krn_outbox set state = 'stuck'");
        var officer = new StaffAtWork(new StaffMember(Ids.New<StaffId>(town.Clock), "T-2", StaffState.Active, [new GivenRole(Role.Officer, Residents.A)]), null!, (await town.Town.Get<RegistryCache>().View()).Find(Residents.A));
        var mails = town.Town.Get<UnsentMails>();
        Assert.Equal("role_forbidden", (await mails.SendAgain(officer, id)).Refused?.Code);
        Assert.Equal("role_forbidden", (await mails.Drop(officer, id)).Refused?.Code);
        Assert.Single(await town.Town.Get<Outbox>().Stuck());
    }

    [Fact]
    public async Task A_relay_that_takes_the_call_and_says_nothing_is_left_after_its_time()
    {
        using var mute = new TcpListener(System.Net.IPAddress.Loopback, 0);
        mute.Start();
        var options = new MailOptions { Relay = $"127.0.0.1:{((System.Net.IPEndPoint)mute.LocalEndpoint).Port}", From = "oshirase@id.mykey.example", TimeoutMs = 200 };
        var mail = new OutgoingMail(Guid.NewGuid(), Mailbox.Read(MailTown.Mine).Value, "x", "y");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.Equal(new OutboxAnswer(OutboxOutcome.Again, "silent"), await new RelaySender(options).Send(mail, patience.Token));
    }

    [Fact]
    public async Task A_mail_bears_its_number_asks_for_no_answer_and_comes_with_our_login()
    {
        using var relay = new TcpListener(System.Net.IPAddress.Loopback, 0);
        relay.Start();
        var heard = Hear(relay);
        var options = new MailOptions { Relay = $"127.0.0.1:{((System.Net.IPEndPoint)relay.LocalEndpoint).Port}", From = "oshirase@id.mykey.example", User = "mykey", Password = "only-for-the-test" };
        var mail = new OutgoingMail(Guid.NewGuid(), Mailbox.Read("a@mail.example").Value, "x", "y");
        Assert.Equal(new OutboxAnswer(OutboxOutcome.Taken, "sent"), await new RelaySender(options).Send(mail, TestContext.Current.CancellationToken));
        var lines = await heard;
        Assert.Contains($"Message-ID: <{mail.Id:N}@id.mykey.example>", lines, StringComparer.OrdinalIgnoreCase);
        Assert.Contains("Auto-Submitted: auto-generated", lines, StringComparer.OrdinalIgnoreCase);
        Assert.Contains(lines, l => l.StartsWith("AUTH login ", StringComparison.OrdinalIgnoreCase) && l.EndsWith(Convert.ToBase64String("mykey"u8), StringComparison.Ordinal));
        Assert.Contains(Convert.ToBase64String("only-for-the-test"u8), lines);
    }

    [Theory]
    [InlineData("mail.example", "a@b.example", null), InlineData(":25", "a@b.example", null), InlineData("mail.example:x", "a@b.example", null), InlineData("mail.example:70000", "a@b.example", null)]
    [InlineData("mail.example:587", null, null), InlineData("mail.example:587", "no address", null), InlineData("mail.example:587", "マイキー <a@b.example>", null), InlineData("mail.example:587", "a@b.example", "not an address")]
    public void What_can_not_work_does_not_start(string relay, string? from, string? site) => Assert.Throws<ArgumentException>(() => new MailOptions { Relay = relay, From = from, Site = site }.Checked());

    [Theory, InlineData("mail.example:587", true), InlineData("127.0.0.1:25", false), InlineData("localhost:25", false)]
    public void V_S0_1021_mails_leave_this_machine_over_TLS_only(string relay, bool encrypted) => Assert.Equal(encrypted, new MailOptions { Relay = relay, From = "a@b.example" }.Checked().Encrypted);

    /// <summary>A mail server that takes one mail, and all that was said to it.</summary>
    private static async Task<List<string>> Hear(TcpListener relay)
    {
        using var call = await relay.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(call.GetStream());
        await using var writer = new StreamWriter(call.GetStream()) { AutoFlush = true, NewLine = "\r\n" };
        await writer.WriteLineAsync("220 relay.example");
        var (lines, inMail) = (new List<string>(), false);
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            var before = inMail;
            inMail = inMail ? line != "." : line == "DATA";
            if (before && inMail) continue;
            await writer.WriteLineAsync(line.Split(' ')[0] switch
            {
                "EHLO" => "250-relay.example\r\n250 AUTH LOGIN",
                "AUTH" => "334 UGFzc3dvcmQ6",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => lines[^2].StartsWith("AUTH", StringComparison.Ordinal) ? "235 in" : "250 ok",
            });
            if (line == "QUIT" || (before && !inMail)) break;
        }
        return lines;
    }

    private static async Task<string> Word(HttpResponseMessage answer) => answer.IsSuccessStatusCode ? "ok" : (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;

    private static Task<int> Set(MailTown town, string sql) => town.Town.App.Database.Write(tx => tx.Connection.ExecuteAsync(sql, transaction: tx.Handle));

    private static async Task<long> Count(MailTown town, string sql)
    {
        await using var connection = await town.Town.App.Database.Open();
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    private static async Task<Session> CardSession(MailTown town, CitizenId citizen)
    {
        var certificate = new AuthCertificate(new string('a', 64), "fe", new DateTimeOffset(2017, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2047, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var sessions = town.Town.Get<OpenSessions>();
        var token = await town.Town.App.Database.Write(tx => sessions.Open(tx, new NewSession(SessionKind.Citizen, Assurance.A3) { Citizen = citizen, Certificate = certificate }));
        return (await sessions.Find(token, SessionKind.Citizen)).Value;
    }
}
