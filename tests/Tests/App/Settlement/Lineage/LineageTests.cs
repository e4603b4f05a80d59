using System.Net.Http.Json;
using System.Text.RegularExpressions;
using MyKey.App.Settlement;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.App.MyPage;
using MyKey.Tests.Support;
using static MyKey.Tests.App.Settlement.SettledTown;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: every yen of a line leads to its transfers, their lots, where those came from and where they went, and to nobody.</summary>
public class LineageTests
{
    private const string Platform = "/api/v1/operator/settlement";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_Q1_K_16_a_line_leads_over_transfer_and_lot_to_the_partner_and_says_of_nobody_whose_it_was(Engine engine)
    {
        await using var town = await Open(engine);
        var reserved = await town.Post(Transfer.Reserve(town.Id(), town.Citizen, new Points(240), new ExchangedLot(town.Clock.Today().AddDays(14), town.Partner, (2, 1)), Actor.Job("town")));
        await town.Post(Transfer.MoveReserved(town.Id(), town.Citizen, Residents.A, new Points(200), town.Clock.Today().AddDays(300), Actor.Job("town")));
        var used = await town.Use(150);
        await town.Close(2018, 1, 5);
        using var platform = await town.Operator();
        using var officer = await town.Officer(Role.Officer, Role.Approver);

        var lines = (await platform.GetFromJsonAsync<SettlementLineReply[]>($"{Platform}/months/2017-12/lines"))!;
        var line = lines.Single(l => l.Kind == "use");
        Assert.Equal(("acceptor", "partner", town.Partner.Value, 150L, 1L), (line.AccountKind, line.Source, line.Partner, line.Amount, line.Count));
        Assert.Equal(200, lines.Single(l => l.Kind == "move").Amount);
        var posting = (await platform.GetFromJsonAsync<SettledPostingsReply>($"{Platform}/months/2017-12/lines/{line.Id}/postings"))!.Postings.Single();
        Assert.Equal(used.Receipt.ToString(), posting.Receipt);
        var text = await platform.GetStringAsync($"{Platform}/lineage/{posting.Receipt}");
        var lineage = (await platform.GetFromJsonAsync<LineageReply>($"{Platform}/lineage/{posting.Receipt}"))!;
        Assert.Equal(["reserved", "holding"], lineage.Lots.Select(l => l.Kind));
        Assert.All(lineage.Lots, l => Assert.Equal((town.Partner.Value, "2:1"), (l.Partner!.Value, l.Rate)));
        Assert.Equal(lineage.Lots[0].Lot, lineage.Lots[1].Parent);
        Assert.Equal(["exchange", "move", "use"], lineage.Steps.Select(s => s.Kind));
        Assert.Equal(reserved.Receipt.ToString(), lineage.Steps[0].Receipt);
        Assert.DoesNotContain(town.Citizen.Value.ToString(), text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("MY123456", text, StringComparison.Ordinal);

        var page = await platform.GetStringAsync($"/operator/settlement/2017-12/lines/{line.Id}");
        Assert.Contains($"/operator/settlement/receipts/{used.Receipt}", page, StringComparison.Ordinal);
        Assert.Contains("あおばカード", await platform.GetStringAsync($"/operator/settlement/receipts/{used.Receipt}"), StringComparison.Ordinal);
        Assert.Contains("2017年12月", await platform.GetStringAsync("/operator/settlement"), StringComparison.Ordinal);
        Assert.Contains("/lines", await platform.GetStringAsync("/operator/settlement/2017-12"), StringComparison.Ordinal);
        Assert.Contains(line.Id.ToString(), await platform.GetStringAsync("/operator/settlement/2017-12/lines"), StringComparison.Ordinal);
        foreach (var asked in new[] { "/office/settlement/2017-12", "/office/settlement/2017-12/claims", "/api/v1/office/settlement/months/2017-12/claims" })
            Assert.DoesNotContain(used.Receipt.ToString(), await officer.GetStringAsync(asked), StringComparison.Ordinal);
        Assert.False((await officer.GetAsync($"{Platform}/lineage/{used.Receipt}")).IsSuccessStatusCode);
        await Refused("transfer_unknown", platform.GetAsync($"{Platform}/lineage/{new ReceiptNumber(used.Receipt.Bucket, 900_000, 1)}"));
        await Refused("number_format", platform.GetAsync($"{Platform}/months/2017-12/lines/{line.Id}/postings?after=x"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Postings_come_in_leaves_with_nothing_twice_and_nothing_left_out(Engine engine)
    {
        await using var at = await SettlementHouse.New(engine);
        var citizens = Enumerable.Range(0, 12).Select(_ => MyKey.Tests.Ledger.LedgerHouse.NewCitizen()).ToList();
        foreach (var citizen in citizens) await at.House.Grant(citizen, 1_000);
        var uses = await Task.WhenAll(Enumerable.Range(0, 180).Select(i => at.House.Use(citizens[i % 12], 1 + i)));
        at.To(2018, 1, 4);
        await at.Close();
        var line = (await at.Lines(SettlementHouse.December)).Single(l => l.Kind == TransferKind.Use);

        var found = new List<SettledPosting>();
        string? after = null;
        do
        {
            var leaf = (await at.Finder.Postings(line, after)).Value;
            Assert.InRange(leaf.Found.Count, 0, FindLines.PostingsAtOnce);
            found.AddRange(leaf.Found);
            after = leaf.Next;
        }
        while (after is not null);

        Assert.Equal(uses.Where(u => u.Ok).Select(u => u.Value.Id).Order(Comparer<TransferId>.Create((a, b) => a.Value.CompareTo(b.Value))), found.Select(f => f.Transfer).Order(Comparer<TransferId>.Create((a, b) => a.Value.CompareTo(b.Value))));
        Assert.Equal(line.Amount, found.Sum(f => f.Amount));
    }
}
