using System.Text;
using Dapper;
using MyKey.CardAgent;
using MyKey.CardAgent.Cards;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Cards;
using MyKey.Tests.CardAgent.Device;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent.Sip;

/// <summary>Goal: a library's system asks in SIP 2.00 on its own machine who stands there, and gets this library's number of the card on the reader.</summary>
public class SipServerTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P9d_S2_P9b_a_system_that_stays_as_it_is_gets_the_number_of_the_card_on_the_reader(Engine engine)
    {
        var port = TemporaryPostgres.FreePort();
        await using var library = await LibraryAgent.Start(engine, configure: o => o.SipPort = port);
        await library.Enrol();
        var (file, citizen) = await library.Resident("CC22CC22", "789145");
        using var system = await SipClient.Dial(port);
        Assert.StartsWith("98Y", await system.Ask(SipClient.Status), StringComparison.Ordinal);
        Assert.Equal("CARD MISSING", SipClient.Field(await system.Ask(SipClient.PatronStatus("")), 35, "AF"));
        library.Put(file);
        foreach (var end in new[] { "\r", "\n", "\r\n" })
        {
            system.End = end;
            var answer = await system.Ask(SipClient.PatronStatus("", "AB9784000000000|"));
            Assert.Equal(("Y", "789145", ""), (SipClient.Field(answer, 35, "BL"), SipClient.Field(answer, 35, "AA"), SipClient.Field(answer, 35, "AE")));
        }
        Assert.Equal("789145", SipClient.Field(await system.Ask(SipClient.PatronInformation("789145")), 59, "AA"));
        Assert.Equal("N", SipClient.Field(await system.Ask(SipClient.PatronInformation("789146")), 59, "BL"));
        library.Put(null);
        Assert.Equal("N", SipClient.Field(await system.Ask(SipClient.PatronStatus("789145")), 35, "BL"));
        Assert.Equal(5, await library.House.App.Database.Write(tx => tx.Connection.ExecuteScalarAsync<long>("select count(*) from lib_lookup where citizen = @citizen and answer = 'told'", new { citizen }, tx.Handle)));
    }

    [Fact]
    public async Task S2_P9d_one_line_at_a_time_and_half_a_line_holds_nothing_up()
    {
        var port = TemporaryPostgres.FreePort();
        await using var library = await LibraryAgent.Start(configure: o => (o.SipPort, o.SipIdleMs) = (port, 4_000));
        using (var half = await SipClient.Dial(port))
        {
            await half.Ask(SipClient.Status);
            using var second = await SipClient.Dial(port);
            Assert.Null(await second.Read());
            await half.Write("2300"u8.ToArray());
            Assert.Null(await half.Read());
        }
        using (var endless = await Free(port))
        {
            await endless.Write(new byte[5_000]);
            Assert.Null(await endless.Read());
        }
        using (var other = await Free(port))
        {
            Assert.Equal("96AZFEF6", await other.Send("GET / HTTP/1.1"));
            Assert.Equal("96AZFEF6", await other.Send("Host: 127.0.0.1"));
            Assert.Equal("96AZFEF6", await other.Send("Accept: */*"));
            Assert.Null(await other.Read());
        }
        using var next = await Free(port);
        Assert.Equal("TERMINAL UNKNOWN", SipClient.Field(await next.Ask(SipClient.PatronStatus("")), 35, "AF"));
    }

    /// <summary>A line once the one before it is over: the server hears of its end a moment later.</summary>
    private static async Task<SipClient> Free(int port)
    {
        for (var until = Environment.TickCount64 + 10_000; ;)
        {
            var line = await SipClient.Dial(port);
            try
            {
                await line.Ask(SipClient.Status);
                return line;
            }
            catch (IOException) when (Environment.TickCount64 < until)
            {
                line.Dispose();
            }
        }
    }

    [Fact]
    public async Task S2_P9d_without_a_port_nobody_listens()
    {
        var port = TemporaryPostgres.FreePort();
        await using var library = await LibraryAgent.Start();
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => SipClient.Dial(port));
        await using var taken = await LibraryAgent.Start(configure: o => o.SipPort = library.Port);
        Assert.Contains("図書館などの", await taken.Page(), StringComparison.Ordinal);
    }
}

/// <summary>Goal: the same with a real pcscd between card and agent.</summary>
[Collection(UsesPcscd.Name)]
public class SipOverPcscTests(TemporaryPcscd pcscd)
{
    [Fact]
    public async Task S2_P9d_a_card_in_a_PCSC_reader_gives_its_number()
    {
        var port = TemporaryPostgres.FreePort();
        var transport = new PcscTransport();
        await using var library = await LibraryAgent.Start(around: transport, configure: o => o.SipPort = port);
        await library.Enrol();
        var (file, _) = await library.Resident("CC22CC22", "789145");
        using var card = new SoftwareCard(file);
        using var system = await SipClient.Dial(port);
        var seen = transport.Look();
        for (var tries = 0; seen.Place == Place.Card && tries < 20; tries++) seen = transport.Wait(seen, 2_000, CancellationToken.None);
        Assert.Equal("CARD MISSING", SipClient.Field(await system.Ask(SipClient.PatronStatus("")), 35, "AF"));
        pcscd.Reader.Put(card);
        try
        {
            for (var tries = 0; seen.Place != Place.Card && tries < 20; tries++) seen = transport.Wait(seen, 2_000, CancellationToken.None);
            var answer = await system.Ask(SipClient.PatronStatus(""));
            Assert.Equal(("Y", "789145"), (SipClient.Field(answer, 35, "BL"), SipClient.Field(answer, 35, "AA")));
            Assert.Equal(CardFile.AllTries, card.File.Tries);
        }
        finally
        {
            pcscd.Reader.Put(null);
        }
    }
}
