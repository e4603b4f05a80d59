using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.Identity;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;
using MyKey.Tests.Support;

namespace MyKey.Tests.Identity.Keys;

/// <summary>Goal: a key-encryption key changes while everybody goes on, and what hangs on it for years stays as it is.</summary>
public class KekTests
{
    private static readonly JobRun Run = new("wrap-anew", Guid.NewGuid(), 1, long.MaxValue);

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_new_key_writes_everything_is_wrapped_anew_and_the_old_one_is_taken_away(Engine engine)
    {
        await using var people = await People.New(engine);
        foreach (var number in Enumerable.Range(1, 7)) await people.Citizen($"MY00000{number}", number);
        var (kek, change) = (people.Get<Kek>(), people.Get<ChangeKek>());
        var before = await kek.Derive("ticket-link");
        var (old, kept) = await kek.Wrap("a secret"u8.ToArray(), "totp:1");

        var made = (await change.Add()).Value;

        Assert.Equal([(old, KekState.Writes, 8L), (made, KekState.New, 0L)], (await change.List()).Select(k => (k.Id, k.State, k.Rows)));
        Assert.Equal("kek_unknown", (await change.Write("0123456789abcdef")).Refused?.Code);
        Assert.Equal("kek_needed", (await change.Remove(old)).Refused?.Code);
        using var other = Another(people);
        await other.CheckAtStart();
        Assert.True((await change.Write(made)).Ok);
        Assert.Equal("kek_used", (await change.Write(made)).Refused?.Code);
        people.Clock.Advance(1_000);
        Assert.Equal((made, made), ((await kek.Wrap([1], "x")).KekId, (await other.Wrap([1], "x")).KekId));
        Assert.Equal("kek_needed", (await change.Remove(old)).Refused?.Code);
        Assert.Equal("kek_needed", (await change.Remove(made)).Refused?.Code);

        Assert.Equal(new JobResult($"wrapped {7 + Kek.Purposes.Length} anew"), await people.Get<WrapAnew>().Run(Run, TestContext.Current.CancellationToken));

        Assert.Equal([(old, KekState.Old, 0L), (made, KekState.Writes, 7L + Kek.Purposes.Length)], (await change.List()).Select(k => (k.Id, k.State, k.Rows)));
        Assert.Equal("kek_needed", (await change.Remove(old)).Refused?.Code);   // empty for less than ten minutes
        people.Clock.Jump(TimeSpan.FromMinutes(10));
        Assert.True((await change.Remove(old)).Ok);
        Assert.Equal(KeyFile.KeyBytes, new FileInfo(people.KekFile).Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(people.KekFile));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(people.KekFile)!));
        using var next = Another(people);
        await next.CheckAtStart();
        Assert.Equal(before, await next.Derive("ticket-link"));
        await using var connection = await people.Database.Open();
        foreach (var (citizen, wrapped) in await connection.QueryAsync<(Guid, byte[])>("select citizen, wrapped from idn_key"))
            Assert.Equal(32, (await next.Unwrap(wrapped, $"citizen:{citizen:N}:1")).Length);
        Assert.Equal(2, await connection.ExecuteScalarAsync<long>("select count(*) from log_operation where action in ('key.writes', 'key.removed')"));
        // What was left out of every place would be lost: so nothing is wrapped outside of them.
        Assert.Contains(old, (await Assert.ThrowsAsync<InvalidOperationException>(() => next.Unwrap(kept, "totp:1"))).Message, StringComparison.Ordinal);
    }

    /// <summary>A database from before keys had names: values name none, and the keys of purposes followed from the one there was.</summary>
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task S0_4029_what_followed_from_the_first_key_stays_when_another_writes(Engine engine)
    {
        await using var people = await People.New(engine);
        var first = RandomNumberGenerator.GetBytes(32);
        await File.WriteAllBytesAsync(people.KekFile, first);
        var citizen = Ids.NewRandom<CitizenId>();
        var unnamed = Unnamed(first, [7, 7], $"citizen:{citizen.Value:N}:1");
        await people.Database.Write(async tx =>
        {
            await tx.Connection.ExecuteAsync("insert into idn_kek(kek_id, made_ms) values (@Id, 0)", new { Id = KeyFile.IdOf(first) }, tx.Handle);
            await tx.Connection.ExecuteAsync("insert into idn_key(citizen, key_no, kek_id, wrapped) values (@citizen, 1, @Id, @unnamed)", new { citizen, Id = KeyFile.IdOf(first), unnamed }, tx.Handle);
        });
        var (kek, change) = (people.Get<Kek>(), people.Get<ChangeKek>());

        await kek.CheckAtStart();

        Assert.Equal(HKDF.DeriveKey(HashAlgorithmName.SHA256, first, 32, info: "ticket-link"u8.ToArray()), await kek.Derive("ticket-link"));
        var digest = HMACSHA256.HashData(HKDF.DeriveKey(HashAlgorithmName.SHA256, first, 32, info: "mykey digest"u8.ToArray()), "enrol:1"u8);
        Assert.Equal(digest, await kek.Digest("enrol:1"));
        Assert.Equal([7, 7], await kek.Unwrap(unnamed, $"citizen:{citizen.Value:N}:1"));
        Assert.Equal(1 + Kek.Purposes.Length, (await change.List())[0].Rows);
        Assert.True((await change.Write((await change.Add()).Value)).Ok);
        await people.Get<WrapAnew>().Run(Run, TestContext.Current.CancellationToken);
        people.Clock.Jump(TimeSpan.FromMinutes(10));
        Assert.True((await change.Remove(KeyFile.IdOf(first))).Ok);
        using var next = Another(people);
        await next.CheckAtStart();
        Assert.Equal(digest, await next.Digest("enrol:1"));
        Assert.Equal(HKDF.DeriveKey(HashAlgorithmName.SHA256, first, 32, info: "street-card"u8.ToArray()), await next.Derive("street-card"));
        await using var connection = await people.Database.Open();
        Assert.Equal([7, 7], await next.Unwrap(await connection.QuerySingleAsync<byte[]>("select wrapped from idn_key"), $"citizen:{citizen.Value:N}:1"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_process_without_a_key_does_not_begin_and_one_that_serves_takes_it_from_the_file(Engine engine)
    {
        await using var people = await People.New(engine);
        var (kek, change) = (people.Get<Kek>(), people.Get<ChangeKek>());
        var (first, _) = await kek.Wrap([1], "x");
        var elsewhere = $"{people.KekFile}-elsewhere";
        File.Copy(people.KekFile, elsewhere);
        using var serving = Another(people, elsewhere);
        await serving.CheckAtStart();
        var made = (await change.Add()).Value;
        Assert.True((await change.Write(made)).Ok);
        people.Clock.Advance(1_000);
        var (_, value) = await kek.Wrap([2], "x");

        // Its machine has not got the file yet: it goes on by the key it has, and says which one is missing.
        Assert.Equal(first, (await serving.Wrap([3], "x")).KekId);
        Assert.Contains(made, (await Assert.ThrowsAsync<InvalidOperationException>(() => serving.Unwrap(value, "x"))).Message, StringComparison.Ordinal);
        using var starting = Another(people, elsewhere);
        Assert.Contains(made, (await Assert.ThrowsAsync<InvalidOperationException>(() => starting.CheckAtStart())).Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(elsewhere, [1, 2, 3]);
        Assert.Contains("3 bytes", (await Assert.ThrowsAsync<InvalidOperationException>(() => starting.CheckAtStart())).Message, StringComparison.Ordinal);

        File.Copy(people.KekFile, elsewhere, overwrite: true);
        Assert.Equal([2], await serving.Unwrap(value, "x"));
        Assert.Equal(made, (await serving.Wrap([3], "x")).KekId);
        await starting.CheckAtStart();
        await File.WriteAllBytesAsync(elsewhere, RandomNumberGenerator.GetBytes(64));
        using var wrong = Another(people, elsewhere);
        await Assert.ThrowsAsync<InvalidOperationException>(() => wrong.CheckAtStart());
    }

    /// <summary>The job dies between two batches, and somebody writes meanwhile.</summary>
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Wrapping_anew_may_end_anywhere_and_leaves_what_others_changed(Engine engine)
    {
        await using var people = await People.New(engine);
        foreach (var number in Enumerable.Range(1, 5)) await people.Citizen($"MY00000{number}", number);
        var change = people.Get<ChangeKek>();
        var old = (await change.List())[0].Id;
        Assert.True((await change.Write((await change.Add()).Value)).Ok);
        var keys = WrappedInIdentity.Columns.Single(c => c.Name == "idn_key.wrapped");
        using (var dies = Another(people)) Assert.Equal(new WrappedAnew(2, 0), await keys.Some(people.Database, dies, 2, TestContext.Current.CancellationToken));
        Assert.Equal(3, (await change.List())[0].Rows);
        // Somebody writes between the look at a row and its replacement: his word stands.
        var written = (await people.Get<Kek>().Wrap([9], "another")).Wrapped;
        var slow = new WrappedColumn(keys.Name, ((WrappedColumn)keys).Sql, row =>
        {
            people.Database.Write(tx => tx.Connection.ExecuteAsync("update idn_key set wrapped = @written where citizen = @Id", new { row.Id, written }, tx.Handle)).GetAwaiter().GetResult();
            return $"citizen:{row.Id:N}:1";
        });
        using (var late = Another(people)) Assert.Equal(1, (await slow.Some(people.Database, late, 1, TestContext.Current.CancellationToken)).Rows);
        await using (var looks = await people.Database.Open()) Assert.Equal(1, await looks.ExecuteScalarAsync<long>("select count(*) from idn_key where wrapped = @written", new { written }));
        await people.Database.Write(tx => tx.Connection.ExecuteAsync("delete from idn_key where wrapped = @written", new { written }, tx.Handle));
        // One value is nobody's: it is told, left as it is, and holds up nothing else.
        await people.Database.Write(tx => tx.Connection.ExecuteAsync("insert into idn_key(citizen, key_no, kek_id, wrapped) values (@Id, 9, @old, @Junk)", new { Id = Guid.Empty, old, Junk = new byte[60] }, tx.Handle));

        using var next = Another(people);
        var result = await new WrapAnew(people.Database, next, WrappedInIdentity.Columns, people.Clock).Run(Run, TestContext.Current.CancellationToken);

        Assert.Equal(new JobResult("wrapped 2 anew; opens with no key: idn_key.wrapped (1)", Ok: false), result);
        Assert.Equal(1, (await change.List())[0].Rows);
        people.Clock.Jump(TimeSpan.FromMinutes(20));
        Assert.Equal("kek_needed", (await change.Remove(old)).Refused?.Code);
        await using var connection = await people.Database.Open();
        foreach (var (citizen, wrapped) in await connection.QueryAsync<(Guid, byte[])>("select citizen, wrapped from idn_key where key_no = 1"))
            Assert.Equal(32, (await next.Unwrap(wrapped, $"citizen:{citizen:N}:1")).Length);
    }

    private static Kek Another(People people, string? file = null) => new(new IdentityOptions { KekFile = file ?? people.KekFile }, people.Database, people.Clock);

    private static byte[] Unnamed(byte[] key, byte[] secret, string owner)
    {
        var wrapped = new byte[12 + secret.Length + 16];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, 12));
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(wrapped.AsSpan(0, 12), secret, wrapped.AsSpan(12, secret.Length), wrapped.AsSpan(12 + secret.Length), Encoding.UTF8.GetBytes(owner));
        return wrapped;
    }
}
