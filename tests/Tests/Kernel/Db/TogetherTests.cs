using Dapper;
using Microsoft.Data.Sqlite;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Tests.Support;
using Npgsql;

namespace MyKey.Tests.Kernel.Db;

/// <summary>Goal: statements that share a trip and a commit end as if each had run by itself.</summary>
public class TogetherTests
{
    public static TheoryData<Engine> Engines => TestDatabase.Engines;

    private const string Put = "insert into kept(id, town, day, note) values (@Id, @Town, @Day, @Note) returning note";

    private sealed class Row
    {
        public Guid Id { get; init; }

        public MunicipalityCode Town { get; init; }

        public DateOnly Day { get; init; }

        public string? Note { get; init; }
    }

    private static readonly MunicipalityCode Town = MunicipalityCode.Of("131016");
    private static readonly DateOnly Day = new(2026, 4, 1);

    private static async Task<TestDatabase> New(Engine engine)
    {
        var test = await TestDatabase.New(engine);
        await using var connection = await test.Database.Open();
        await connection.ExecuteAsync(engine == Engine.Postgres
            ? "create table kept(id uuid primary key, town text not null, day integer not null, note text check (note <> 'bad'))"
            : "create table kept(id blob primary key, town text not null, day integer not null, note text check (note <> 'bad')) strict");
        return test;
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Each_of_many_at_once_is_written_and_answered(Engine engine)
    {
        await using var test = await New(engine);
        var ids = Enumerable.Range(0, 50).Select(_ => Guid.CreateVersion7()).ToList();
        var answers = await Task.WhenAll(ids.Select((id, i) => test.Database.WriteTogether<string>(Put, new { Id = id, Town, Day, Note = i % 5 == 0 ? null : $"{i}" })));
        Assert.Equal(ids.Select((_, i) => i % 5 == 0 ? null : $"{i}"), answers);

        var read = await Task.WhenAll(ids.Append(Guid.CreateVersion7()).Select(id => test.Database.ReadTogether<Row>("select id, town, day, note from kept where id = @Id", new { Id = id })));
        Assert.Equal(ids, read[..^1].Select(r => r!.Id));
        Assert.All(read[..^1], r => Assert.Equal((Town, Day), (r!.Town, r.Day)));
        Assert.Equal(answers, read[..^1].Select(r => r!.Note));
        Assert.Null(read[^1]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_that_is_refused_is_refused_alone(Engine engine)
    {
        await using var test = await New(engine);
        var twice = Guid.CreateVersion7();
        var wanted = Enumerable.Range(0, 20).Select(i => new { Id = i is 5 or 15 ? twice : Guid.CreateVersion7(), Town, Day, Note = i == 10 ? "bad" : "good" }).ToList();
        var asked = wanted.Select(w => Task.Run(() => test.Database.WriteTogether<string>(Put, w))).ToList();
        var failed = 0;
        foreach (var (task, i) in asked.Select((t, i) => (t, i)))
        {
            var failure = await Record.ExceptionAsync(() => task);
            failed += failure is null ? 0 : 1;
            if (i == 10) Assert.True(failure is PostgresException or SqliteException, $"{i}: {failure}");
            else if (i is not (5 or 15)) Assert.Null(failure);
        }
        Assert.Equal(2, failed);
        Assert.Equal(18, await test.Database.ReadTogether<long>("select count(*) from kept", new { }));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Of_those_that_want_the_same_row_one_gets_it(Engine engine)
    {
        await using var test = await New(engine);
        var id = Guid.CreateVersion7();
        await test.Database.WriteTogether<string>(Put, new { Id = id, Town, Day, Note = "free" });
        var got = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => test.Database.WriteTogether<string>("update kept set note = @Note where id = @id and note = 'free' returning note", new { id, Note = $"{i}" })));
        Assert.Single(got, g => g is not null);
    }

    [Fact]
    public async Task A_statement_that_answers_with_no_rows_is_a_mistake()
    {
        await using var test = await New(Engine.Postgres);
        await Assert.ThrowsAsync<BrokenProperty>(() => test.Database.WriteTogether<string>("delete from kept where id = @Id", new { Id = Guid.CreateVersion7() }));
    }
}
