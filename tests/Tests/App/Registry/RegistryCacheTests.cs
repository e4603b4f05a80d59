using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;

namespace MyKey.Tests.App.Registry;

/// <summary>Goal: the registry of the whole country is there before the first request, and one change of it is a small matter (S2-P10g, S0-5018).</summary>
public class RegistryCacheTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P10g_a_process_has_read_it_before_it_listens(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var shop = await house.Shop(RegistryHouse.A);
        await using var app = await TestApp.Over(house.Test);
        // Behind the registry's back, so what is answered was read before.
        await house.Database.Write(async tx => await tx.Connection.ExecuteAsync("update reg_acceptor set name = 'まだ読んでいない'", transaction: tx.Handle));
        Assert.Equal("売店", (await app.Services.GetRequiredService<RegistryCache>().View()).Find(shop)!.Name);
        // One after the other: the server comes last. A job may have asked first, so that alone says it.
        var starts = app.Services.GetServices<IHostedService>().ToList();
        Assert.InRange(starts.FindIndex(s => s is RegistryCache), 0, starts.FindIndex(s => s.GetType().Name == "GenericWebHostService") - 1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5018_of_thousands_a_change_reads_and_copies_next_to_nothing_and_whoever_reads_the_old_reads_on(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        var shop = await house.Shop(RegistryHouse.A);
        await Many(house, 3_000);
        var before = await house.Cache.View();
        Assert.True(before.Takers.Parts > 4);
        await house.ChangeAcceptor.Run(new(shop, "新しい売店", AcceptorState.Active, null, RegistryHouse.Operator));
        var after = await house.Cache.View();
        Assert.Equal(("売店", "新しい売店"), (before.Find(shop)!.Name, after.Find(shop)!.Name));
        Assert.Equal(after.Takers.Parts - 1, after.Takers.Shares(before.Takers));
        Assert.Equal(3_001, after.Acceptors.Count());

        await house.Usage.ForKind(RegistryHouse.A, "shop", UsageArea.Own, RegistryHouse.Operator);
        Assert.Same(after.Takers, (await house.Cache.View()).Takers);
        // All of a municipality share its code.
        Assert.Single(after.Acceptors.Select(a => a.Municipality.Value).Distinct(ReferenceEqualityComparer.Instance));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S2_P17f_how_many_take_whose_points_and_who_is_where_is_told_as_each_would_answer(Engine engine)
    {
        await using var house = await RegistryHouse.Furnished(engine);
        MunicipalityCode[] towns = [RegistryHouse.A, RegistryHouse.B, RegistryHouse.Kawasaki, MunicipalityCode.Of("140007")];
        string[] kinds = ["shop", "museum", "lodging"];
        var (random, shops) = (new Random(11), new List<AcceptorId>());
        for (var turn = 0; turn < 90; turn++)
        {
            var town = towns[random.Next(towns.Length)];
            switch (turn < 12 ? 0 : random.Next(4))
            {
                case 0: shops.Add(await house.Shop(town, kinds[random.Next(kinds.Length)])); break;
                case 1: await house.Usage.ForKind(town, kinds[random.Next(kinds.Length)], (UsageArea)random.Next(4), RegistryHouse.Operator); break;
                case 2: await house.Usage.ForAcceptor(town, shops[random.Next(shops.Count)], random.Next(3) switch { 0 => true, 1 => false, _ => null }, RegistryHouse.Operator); break;
                default: await house.ChangeAcceptor.Run(new(shops[random.Next(shops.Count)], "売店", (AcceptorState)random.Next(3), null, RegistryHouse.Operator)); break;
            }
            var view = await house.Cache.View();
            foreach (var issuer in towns)
                foreach (var kind in AcceptorKind.All)
                    Assert.Equal(view.Acceptors.Count(a => a.Kind == kind && view.AcceptedHere(issuer, a.Id).Ok), view.Counts.Of(issuer, kind));
            foreach (var place in towns)
            {
                Assert.Equal(view.Acceptors.Where(a => a.Municipality == place).ToHashSet(), view.AcceptorsOf(place).ToHashSet());
                Assert.Equal(view.Acceptors.Where(a => place.Contains(a.Municipality)).ToHashSet(), view.AcceptorsWithin(place).ToHashSet());
            }
            Assert.Equal(view.Acceptors.Count(), towns.Sum(t => view.AcceptorsOf(t).Count()));
        }
    }

    private static Task Many(RegistryHouse house, int count) => house.Database.Write(async tx =>
    {
        await tx.Connection.ExecuteAsync("update reg_version set no = no + 1 where id = 1", transaction: tx.Handle);
        await tx.Connection.ExecuteAsync("""
            insert into reg_acceptor(id, municipality, kind, name, state, changed_no) values (@Id, @A, 'shop', 'お店', 'active', (select no from reg_version where id = 1))
            """, Enumerable.Range(0, count).Select(_ => new { Id = Ids.New<AcceptorId>(TimeProvider.System), RegistryHouse.A }), tx.Handle);
    });
}
