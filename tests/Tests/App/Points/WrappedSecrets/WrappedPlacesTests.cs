using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Proposals;
using MyKey.App.Tickets;
using MyKey.Identity.Keys;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Outbox;
using MyKey.Tests.App.Exchange;
using MyKey.Tests.App.StreetCards;
using MyKey.Tests.Support;
using MyKey.Tests.Tidy;
using static MyKey.Tests.App.StreetCards.CentreTown;

namespace MyKey.Tests.App.WrappedSecrets;

/// <summary>Goal: no wrapped value is forgotten when a key changes, and nobody notices that it does.</summary>
public partial class WrappedPlacesTests
{
    private static readonly JobRun Run = new("wrap-anew", Guid.NewGuid(), 1, long.MaxValue);

    /// <summary>Who wraps, and where what he wraps comes to lie.</summary>
    private static readonly (string File, string[] Places)[] Callers =
    [
        ("src/App/Incentives/PaymentAccounts/PaymentAccount.cs", ["inc_payment_account.number", "inc_payment_account.account"]),
        ("src/App/Incentives/PaymentServices/SavePaymentService.cs", ["inc_payment_service.secret", "inc_payment_service.older_secret", "pts_proposal.secret"]),
        ("src/App/Points/Exchange/CouponCode.cs", ["pts_coupon_key.wrapped"]),
        ("src/App/Points/OnlineSites/OnlineSecrets.cs", ["pts_online_login.secret", "pts_older_secret.secret", "pts_online_hook.secret", "pts_online_hook.older", "pts_proposal.secret"]),
        ("src/App/Points/PartnerLinks/KeepLinks.cs", ["pts_link.tokens"]),
        ("src/App/Points/PartnerLinks/LoginAttempts.cs", ["pts_link_attempt.verifier"]),
        ("src/App/Points/PartnerLinks/SetPartnerSite.cs", ["pts_partner_site.secret", "pts_older_secret.secret", "pts_proposal.secret"]),
        ("src/App/Points/StreetCards/StreetCardNumber.cs", ["pts_charge_order.card", "pts_street_link.card"]),
        ("src/App/Points/StreetCards/StreetCardOperators.cs", ["pts_street_operator.secret", "pts_older_secret.secret", "pts_proposal.secret"]),
        ("src/App/Settlement/Bank/SaveAccount.cs", ["stl_account.account"]),
        ("src/App/Settlement/Runs/MakeRun.cs", ["stl_run.file"]),
        ("src/App/Shared/Web/KeysInDatabase.cs", ["krn_data_protection_key.xml"]),
        ("src/Identity/Citizens/IssueMyKeyId.cs", ["idn_key.wrapped"]),
        ("src/Identity/Keys/Kek.cs", ["idn_subkey.wrapped"]),
        ("src/Identity/Keys/WrappedPlace.cs", []),
        ("src/Identity/Mail/KeepMail.cs", ["idn_mail.wrapped", "idn_mail_code.wrapped", "krn_outbox.body"]),
        ("src/Identity/Mail/StopByMail.cs", ["idn_mail_code.wrapped"]),
        ("src/Identity/Staffing/EnrolStaff.cs", ["idn_staff.totp"]),
    ];

    /// <summary>Columns of bytes that are nobody's secret: hashes, salts, what a chain is made of.</summary>
    private static readonly string[] Clear =
        ["salt", "hash", "random", "key", "sums", "record", "commitment", "entries_root", "digest", "client", "entries", "first_serial", "credential", "public_key", "bound", "content"];

    [Fact]
    public async Task Every_wrapped_column_and_every_caller_that_wraps_is_in_the_list()
    {
        await using var app = await TestApp.Start();
        var places = app.Services.GetServices<WrappedPlace>().Select(p => p.Name).ToList();
        Assert.Equal(places.Distinct().Order(StringComparer.Ordinal), places.Order(StringComparer.Ordinal));

        Assert.Equal(Callers.Select(c => c.File), SourceTree.CSharp("src").Where(f => Wraps().IsMatch(f.CSharp.Code) && f.CSharp.Code.Contains("kek", StringComparison.OrdinalIgnoreCase)).Select(f => f.Path).Order(StringComparer.Ordinal));
        Assert.Equal(Callers.SelectMany(c => c.Places).Distinct().Order(StringComparer.Ordinal), places.Order(StringComparer.Ordinal));
        var columns = SourceTree.In("src").Where(f => f.Path.EndsWith(".sql", StringComparison.Ordinal)).SelectMany(f => Blobs(f.Text)).ToList();
        Assert.Equal(places.Except(["krn_outbox.body", "krn_data_protection_key.xml"]).Order(StringComparer.Ordinal), columns.Distinct().Order(StringComparer.Ordinal));
        foreach (var place in places) Assert.Contains($"`{place}`", SourceTree.File("docs/security.md").Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_key_changes_while_logins_one_time_passwords_tickets_and_charges_go_on(Engine engine)
    {
        var folder = Directory.CreateTempSubdirectory("mykey-rotate-");
        var file = Path.Combine(folder.FullName, "kek");
        await using var town = await CentreTown.Open(engine, settings: [$"MyKey:KekFile={file}"]);
        var citizen = await town.Town.Resident();
        await town.Town.Grant(citizen, 1_000, 60);
        var (change, link, ticket) = (town.Town.Get<ChangeKek>(), town.Town.Get<TicketLink>(), TicketNumber.Draw(1, 0, Buckets.Default));
        await town.Coupons.AddPartner();
        using var me = await town.Town.LoggedIn();
        using var machine = await town.Coupons.Machine();
        await town.Coupons.Bring(machine, 100, "ABCDEFGH", "JKLMNPQR");
        // A proposal with a secret waits; what was mailed to a mailbox that is replaced waits, too.
        var (asked, paper) = (await CouponTown.Read<System.Text.Json.JsonElement>(await town.Save(Guid.CreateVersion7(), "ほかのカード", "bus", secret: "another-secret")), await link.PathOf(ticket));
        var mailbox = await town.Town.Get<Kek>().Wrap(Mailbox.Read("a@example.jp").Value.Bytes(), $"mail:{citizen.Value:N}");
        var notice = new NoticeBody(citizen.Value, Notice.MailRemoved, 0, new Dictionary<string, string>(), mailbox.Wrapped);
        await town.Town.App.Database.Write(tx => town.Town.Get<Outbox>().Write(tx, WriteNotice.Kind, System.Text.Json.JsonSerializer.Serialize(notice)));
        var old = (await change.List())[0];
        Assert.True(old.Rows >= 8, $"{old.Rows} values lie under the first key");
        var (going, served) = (true, 0);
        var goesOn = Task.Run(async () =>
        {
            while (Volatile.Read(ref going)) Volatile.Write(ref served, served + await Life(town, me, link, paper));
        });

        Assert.True((await change.Write((await change.Add()).Value)).Ok);
        town.Clock.Advance(1_000);
        for (var until = DateTime.UtcNow.AddSeconds(60); (await change.List())[0].Rows > 0 || Volatile.Read(ref served) < 2 && !goesOn.IsCompleted;)
        {
            await town.Town.Get<WrapAnew>().Run(Run, TestContext.Current.CancellationToken);
            Assert.True(DateTime.UtcNow < until, "everything is wrapped anew");
        }
        await town.Town.Get<WrapAnew>().Run(Run, TestContext.Current.CancellationToken);
        Volatile.Write(ref going, false);
        await goesOn;
        Assert.True(served > 0, "it went on meanwhile");
        town.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Null((await change.Remove(old.Id)).Refused);

        Assert.Equal(32, new FileInfo(file).Length);
        using var back = await town.Town.LoggedIn();   // the session of before is idle since
        Assert.Equal(HttpStatusOk, (int)(await town.Charge(back, 10)).StatusCode);
        Assert.True((await link.Read(paper["/t/".Length..])).Ok);
        Assert.Equal(HttpStatusOk, (int)(await CouponTown.Swap(back, ["ABCDEFGH"])).StatusCode);
        // Another process, which has never seen the old key.
        using var next = new Kek(new MyKey.Identity.IdentityOptions { KekFile = file }, town.Town.App.Database, town.Clock);
        await next.CheckAtStart();
        await using (var connection = await town.Town.App.Database.Open())
        {
            foreach (var place in town.Town.App.Services.GetServices<WrappedPlace>())
                Assert.All(await place.Count(connection, TestContext.Current.CancellationToken), under => Assert.NotEqual(old.Id, under.Key ?? old.Id));
            Assert.Equal(new Mailbox?(Mailbox.Read("a@example.jp").Value), await new WriteNotice(town.Town.App.Database, town.Town.Get<Outbox>(), next, town.Clock).Find(WriteNotice.Read((await town.Town.Get<Outbox>().OfKind(WriteNotice.Kind, null)).Single(m => WriteNotice.Read(m).To is not null))));
        }
        // What was proposed before is approved as it is now.
        using var second = await town.Coupons.Desk.SignIn("operator", "OP-002");
        var address = $"/api/v1/operator/proposals/{asked.GetProperty("proposal").GetGuid()}";
        var seen = (await second.GetFromJsonAsync<ProposalReply>(address))!;
        await CouponTown.Read<System.Text.Json.JsonElement>(await second.PostAsJsonAsync($"{address}/approve", new ApprovalRequest(seen.Hash)));
        folder.Delete(recursive: true);
    }

    private const int HttpStatusOk = 201;

    /// <summary>What people do all day.</summary>
    private static async Task<int> Life(CentreTown town, HttpClient me, TicketLink link, string paper)
    {
        town.Clock.Advance(TimeSpan.FromSeconds(30));   // of a one-time password
        using var again = await town.Town.LoggedIn();
        using var staff = await town.Coupons.Desk.SignIn("operator", "OP-002");
        Assert.True((await link.Read(paper["/t/".Length..])).Ok);
        Assert.Equal(HttpStatusOk, (int)(await town.Charge(me, 1)).StatusCode);
        return 1;
    }

    private static IEnumerable<string> Blobs(string sql)
    {
        var table = "";
        foreach (var line in sql.Split('\n'))
        {
            if (Table().Match(line) is { Success: true } named) table = named.Groups[1].Value;
            foreach (Match column in Blob().Matches(line))
                if (!Clear.Contains(column.Groups[1].Value) && !column.Groups[1].Value.EndsWith("_hash", StringComparison.Ordinal) && !column.Groups[1].Value.EndsWith("_salt", StringComparison.Ordinal))
                    yield return $"{table}.{column.Groups[1].Value}";
        }
    }

    [GeneratedRegex(@"\bkek\s*\.Wrap\(|[^.\w]Wrap\(NewSubkey")]
    private static partial Regex Wraps();

    [GeneratedRegex(@"(?:create table|alter table) (\w+)")]
    private static partial Regex Table();

    [GeneratedRegex(@"(\w+) \{blob\}")]
    private static partial Regex Blob();
}
