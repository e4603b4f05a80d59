using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.Support;
using Book = MyKey.Kernel.Settings.Settings;
using Log = MyKey.Kernel.OperationLog.OperationLog;

namespace MyKey.Tests.Kernel.Settings;

/// <summary>Goal: the narrowest scope decides, at its time, and a change is felt everywhere within a second (Z1, S0-5018).</summary>
public class SettingsTests
{
    private static readonly MunicipalityCode Kawasaki = MunicipalityCode.Of("141305");
    private static readonly MunicipalityCode Toshima = MunicipalityCode.Of("131164");
    private static readonly Actor Operator = Actor.Of(Ids.NewRandom<StaffId>());

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_06_a_municipality_decides_for_its_own_points_from_its_day_on(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var (clock, book, set) = Fresh(test.Database);
        var tomorrow = clock.NowMs() + 86_400_000;
        Assert.Equal("grant_date", (await book.Get("consume.order", new SettingScope(Kawasaki), clock.NowMs())).Text);

        var done = await set.Run(new("consume.order", SettingPlace.Of(Kawasaki), "earliest_expiry", Operator, tomorrow));

        Assert.True(done.Ok);
        var view = await book.View();
        Assert.Equal("consume.order=grant_date", view.InForce(new SettingScope(Kawasaki), tomorrow - 1));
        Assert.Equal("consume.order=earliest_expiry", view.InForce(new SettingScope(Kawasaki), tomorrow));
        Assert.Equal("consume.order=grant_date", view.InForce(new SettingScope(Toshima), tomorrow));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_row_set_last_wins_and_a_value_taken_back_leaves_the_wider_one(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var (clock, book, set) = Fresh(test.Database);
        await set.Run(new("cancel.grace_days", SettingPlace.Platform, "60", Operator));
        await set.Run(new("cancel.grace_days", SettingPlace.Of(Kawasaki), "10", Operator));
        await set.Run(new("cancel.grace_days", SettingPlace.Of(Kawasaki), "１４", Operator));
        Assert.Equal(14, (await book.Get("cancel.grace_days", new SettingScope(Kawasaki), clock.NowMs())).Number);

        clock.Advance(1);
        await set.Run(new("cancel.grace_days", SettingPlace.Of(Kawasaki), null, Operator));
        Assert.Equal(60, (await book.Get("cancel.grace_days", new SettingScope(Kawasaki), clock.NowMs())).Number);
        Assert.Equal(14, (await book.Get("cancel.grace_days", new SettingScope(Kawasaki), clock.NowMs() - 1)).Number);

        await set.Run(new("cancel.grace_days", SettingPlace.Platform, null, Operator));
        Assert.Equal(30, (await book.Get("cancel.grace_days", new SettingScope(Kawasaki), clock.NowMs())).Number);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task K_02_where_the_terminal_stands_may_only_narrow(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var (clock, book, set) = Fresh(test.Database);
        var there = new SettingScope(Issuer: Kawasaki, Place: Toshima, Terminal: Ids.New<TerminalId>(clock));
        await set.Run(new("spend.tap", SettingPlace.StandingIn(Toshima), "on", Operator));
        Assert.False((await book.View()).On("spend.tap", there, clock.NowMs()));

        await set.Run(new("spend.tap", SettingPlace.Of(Kawasaki), "on", Operator));
        Assert.True((await book.View()).On("spend.tap", there, clock.NowMs()));

        await set.Run(new("spend.tap.limit_per_use", SettingPlace.Of(there.Terminal!.Value), "9000", Operator));
        await set.Run(new("spend.tap.limit_per_use", SettingPlace.StandingIn(Toshima), "1,000", Operator));
        var view = await book.View();
        Assert.Equal(1000, view.Number("spend.tap.limit_per_use", there, clock.NowMs()));
        Assert.Equal(3000, view.Number("spend.tap.limit_per_use", there with { Place = null }, clock.NowMs()));
        Assert.Equal("consume.order=grant_date;spend.pin_above=3000;spend.tap.limit_per_day=5000;spend.tap.limit_per_use=1000", view.InForce(there, clock.NowMs(), tapped: true));
    }

    [Fact]
    public async Task K_03_a_scheme_has_its_own_standard_value()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        var (clock, book, _) = Fresh(test.Database);
        var view = await book.View();
        Assert.Equal(1440, view.Number("cert.effective_delay.renewal", new SettingScope(Scheme: "national"), clock.NowMs()));
        Assert.Equal(60, view.Number("cert.effective_delay.renewal", new SettingScope(Scheme: "municipal_mynapoint"), clock.NowMs()));
        Assert.Equal(0, view.Number("cert.effective_delay.renewal", default, clock.NowMs()));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_5018_another_process_sees_a_change_within_a_second(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var (clock, book, set) = Fresh(test.Database);
        using var other = new Book(test.Database, clock);
        Assert.False((await other.View()).On("history.show_lots", default, clock.NowMs()));

        await set.Run(new("history.show_lots", SettingPlace.Platform, "on", Operator));

        Assert.True((await book.View()).On("history.show_lots", default, clock.NowMs()));
        clock.Advance(999);
        Assert.True((await other.View()).On("history.show_lots", default, clock.NowMs()));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_1022c_each_change_is_a_line_of_the_operation_log(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var (clock, _, set) = Fresh(test.Database);
        await set.Run(new("grant.four_eyes_above", SettingPlace.Of(Kawasaki), "5000", Operator));
        clock.Advance(1000);
        await set.Run(new("grant.four_eyes_above", SettingPlace.Of(Kawasaki), "20000", Operator, Reason: "council decision"));

        await using var connection = await test.Database.Open();
        var rows = (await connection.QueryAsync<(string Action, string? Before, string After, string? Reason)>("select action, before, after, reason from log_operation order by id")).AsList();
        Assert.Equal(("setting.set", "5000", "municipality/141305 grant.four_eyes_above=20000 from 2017-12-15T12:00:01+09:00", "council decision"), rows[1]);
        Assert.Null(rows[0].Before);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Changes_of_one_value_at_the_same_moment_all_stay(Engine engine)
    {
        await using var test = await TestDatabase.New(engine);
        var (clock, book, set) = Fresh(test.Database);
        var all = await Task.WhenAll(Enumerable.Range(1, 20).Select(days => Task.Run(() => set.Run(new("cancel.grace_days", SettingPlace.Platform, $"{days}", Operator)))));
        Assert.All(all, done => Assert.True(done.Ok));
        await using var connection = await test.Database.Open();
        var rows = (await connection.QueryAsync<(int No, string Value)>("select no, value from krn_setting order by no")).AsList();
        Assert.Equal(Enumerable.Range(1, 20), rows.Select(r => r.No));
        Assert.Equal(rows[^1].Value, (await book.Get("cancel.grace_days", default, clock.NowMs())).Text);
    }

    [Theory]
    [InlineData("consume.orders", "platform", "grant_date", "field_unknown")]
    [InlineData("consume.order", "platform", "random", "field_unknown")]
    [InlineData("consume.order", "terminal/01900000-0000-7000-8000-000000000000", "grant_date", "field_unknown")]
    [InlineData("cancel.grace_days", "platform", "181", "number_format")]
    [InlineData("cancel.grace_days", "platform", "-1", "number_format")]
    [InlineData("spend.tap.limit_per_use", "platform", "many", "number_format")]
    public async Task What_is_not_in_the_list_is_refused(string key, string place, string value, string code)
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        var (clock, _, set) = Fresh(test.Database);
        Assert.Equal(code, (await set.Run(new(key, SettingPlace.Read(place).Value, value, Operator))).Refused?.Code);
        await using var connection = await test.Database.Open();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from krn_setting"));
    }

    [Fact]
    public async Task The_past_is_not_changed()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        var (clock, _, set) = Fresh(test.Database);
        var refused = await set.Run(new("history.show_lots", SettingPlace.Platform, "on", Operator, clock.NowMs() - 1));
        Assert.Equal("out_of_period", refused.Refused?.Code);
    }

    [Theory]
    [InlineData("platform", true)]
    [InlineData("scheme/national", true)]
    [InlineData("municipality/141305", true)]
    [InlineData("place/141305", true)]
    [InlineData("municipality/141304", false)]
    [InlineData("municipality/14130", false)]
    [InlineData("2/141305", false)]
    [InlineData("terminal/x", false)]
    [InlineData("planet/earth", false)]
    public void A_place_reads_its_own_form(string text, bool ok)
    {
        var read = SettingPlace.Read(text);
        Assert.Equal(ok, read.Ok);
        if (ok) Assert.Equal(text, read.Value.ToString());
    }

    [Fact]
    public async Task Asking_makes_no_garbage()
    {
        await using var test = await TestDatabase.New(Engine.Sqlite);
        var (clock, book, set) = Fresh(test.Database);
        await set.Run(new("consume.order", SettingPlace.Of(Kawasaki), "earliest_expiry", Operator));
        var view = await book.View();
        var scope = new SettingScope(Issuer: Kawasaki, Place: Toshima, Terminal: Ids.New<TerminalId>(clock));
        Ask();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Ask();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Ask()
        {
            view.Number("spend.tap.limit_per_use", scope, 1);
            view.InForce(scope, 1);
        }
    }

    private static (TestClock Clock, Book Book, SetSetting Set) Fresh(Database database)
    {
        var clock = new TestClock();
        var book = new Book(database, clock);
        return (clock, book, new SetSetting(database, clock, new Log(clock, Buckets.Default), book));
    }
}
