using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Crl;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Sandbox.Authority;
using MyKey.Tests.Support;
using Log = MyKey.Kernel.OperationLog.OperationLog;

namespace MyKey.Tests.Identity.Certificates;

/// <summary>The real rules over a database of their own, and the sandbox authority, which all tests share.</summary>
public sealed class CertificateRig : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 6, 1, 3, 0, 0, TimeSpan.Zero);

    private static readonly Lazy<NationalAuthority> Shared = new(() => NationalAuthority.InMemory(new TestClock(Start)));
    private readonly TestDatabase test;
    private readonly ListsInForce lists;

    private CertificateRig(TestDatabase test)
    {
        this.test = test;
        Anchors = Anchors.Read(Authority.AnchorsPem(), loopbackOnly: true);
        lists = new ListsInForce(test.Database, Clock);
        Load = new LoadCrl(test.Database, Anchors, lists, new Log(Clock, Buckets.Default), Clock);
        Revocation = new CrlRevocation(test.Database, lists, Clock);
        Rules = new CertificateRules(Anchors, Revocation, Clock);
    }

    public static NationalAuthority Authority => Shared.Value;

    public TestClock Clock { get; } = new(Start);

    public Anchors Anchors { get; }

    public LoadCrl Load { get; }

    public CrlRevocation Revocation { get; }

    public CertificateRules Rules { get; }

    public Database Database => test.Database;

    /// <summary>Without any list.</summary>
    public static async Task<CertificateRig> New(Engine engine = Engine.Sqlite) => new(await TestDatabase.New(engine));

    /// <summary>With the lists of all generations as they are now.</summary>
    public static async Task<CertificateRig> WithLists(Engine engine = Engine.Sqlite)
    {
        var rig = await New(engine);
        for (var generation = 1; generation <= Authority.UserAuthentication.Count; generation++) await rig.LoadCurrent(generation);
        return rig;
    }

    public async Task LoadCurrent(int generation = NationalAuthority.Today) =>
        Assert.Equal(CrlVerdict.Loaded, await Load.Load(Authority.Crl(generation), CancellationToken.None));

    public Task<Result<AuthCertificate>> Identify(byte[] certificateDer) => Rules.Identify(certificateDer, CancellationToken.None);

    public Task<Result<AuthCertificate>> Verify(byte[] certificateDer, byte[] signedBytes, byte[] signature) =>
        Rules.Verify(certificateDer, signedBytes, signature, CancellationToken.None);

    public async Task<Revocation> StateOf(SandboxCard card) =>
        await Revocation.Of(new RevocationQuestion(card.Authority, card.Serial, []), CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        lists.Dispose();
        return test.DisposeAsync();
    }
}

/// <summary>One rig with all lists for tests that leave lists and clock as they are.</summary>
public sealed class SharedRig : IAsyncLifetime
{
    private CertificateRig? rig;

    public CertificateRig Rig => rig!;

    public async ValueTask InitializeAsync() => rig = await CertificateRig.WithLists();

    public ValueTask DisposeAsync() => rig?.DisposeAsync() ?? ValueTask.CompletedTask;
}
