using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using MyKey.Identity.Certificates;
using MyKey.Identity.Certificates.Crl;
using MyKey.Kernel.OperationLog;
using MyKey.Sandbox.Authority;

namespace MyKey.Load.Works;

/// <summary>A revocation list as long as a nation's is loaded while cards are verified, and then cards are verified beside it: chain, signature and list (issue: ≤ 5 ms CPU; the list ≤ 1 s).</summary>
internal static class CardLogins
{
    private const int Cards = 200, Rounds = 10;

    public static async Task Verify(Workplace at, CancellationToken stop)
    {
        using var authority = NationalAuthority.InMemory(at.Clock);
        var anchors = Anchors.Read(authority.AnchorsPem(), loopbackOnly: true);
        using var lists = new ListsInForce(at.Database, at.Clock);
        var (load, rules) = (new LoadCrl(at.Database, anchors, lists, at.Get<OperationLog>(), at.Clock), new CertificateRules(anchors, new CrlRevocation(at.Database, lists, at.Clock), at.Clock));
        var message = RandomNumberGenerator.GetBytes(200);
        var cards = Enumerable.Range(0, Cards).Select(_ => authority.Issue()).ToList();
        var shown = cards.ConvertAll(c => (c.CertificateDer, Signature: c.Rsa!.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
        if (await load.Load(authority.Crl(), stop) != CrlVerdict.Loaded) throw new InvalidOperationException("a short list is not taken");
        await All(rules, shown, message, 1, stop);
        var alone = await All(rules, shown, message, Rounds, stop);

        var list = authority.Crl(further: Enumerable.Range(1, at.Size).Select(Serial));
        using var loaded = new CancellationTokenSource();
        var beside = Latencies(rules, shown, message, loaded.Token);
        var verdict = CrlVerdict.Malformed;
        var took = await Workplace.Time(async () => verdict = await load.Load(list, stop));
        await loaded.CancelAsync();
        var waits = await beside;
        if (verdict != CrlVerdict.Loaded) throw new InvalidOperationException($"the list was {verdict}");
        await at.Rest();
        var after = await All(rules, shown, message, Rounds, stop);
        await at.Say($"list of {at.Size:#,0} entries, {list.Length / 1048576.0:0.0} MB, loaded in {took:0.00} s; {waits.Count} verifications meanwhile, p50 {At(waits, 50):0.0} ms, p99 {At(waits, 99):0.0} ms, longest {waits[^1]:0.0} ms");
        await at.Say($"verification one after the other: {alone.Ms:0.00} ms each, {alone.CpuMs:0.00} ms CPU here; with the long list {after.Ms:0.00} ms, {after.CpuMs:0.00} ms CPU here");
        foreach (var card in cards) card.Dispose();
    }

    private static double At(List<double> sorted, int percent) => sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * (long)percent / 100)];

    private static async Task<(double Ms, double CpuMs)> All(CertificateRules rules, List<(byte[] Certificate, byte[] Signature)> shown, byte[] message, int rounds, CancellationToken stop)
    {
        var (cpu, started) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.GetTimestamp());
        for (var round = 0; round < rounds; round++)
            foreach (var (certificate, signature) in shown) await One(rules, certificate, signature, message, stop);
        var count = rounds * shown.Count;
        return (Stopwatch.GetElapsedTime(started).TotalMilliseconds / count, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / count);
    }

    private static async Task<List<double>> Latencies(CertificateRules rules, List<(byte[] Certificate, byte[] Signature)> shown, byte[] message, CancellationToken until)
    {
        var waits = new List<double>();
        await Task.Yield();
        for (var i = 0; !until.IsCancellationRequested; i = (i + 1) % shown.Count)
        {
            var started = Stopwatch.GetTimestamp();
            await One(rules, shown[i].Certificate, shown[i].Signature, message, CancellationToken.None);
            waits.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        waits.Sort();
        return waits;
    }

    private static async Task One(CertificateRules rules, byte[] certificate, byte[] signature, byte[] message, CancellationToken stop)
    {
        if ((await rules.Verify(certificate, message, signature, stop)).Refused is { } no) throw new InvalidOperationException($"a good card was refused: {no.Code}");
    }

    private static byte[] Serial(int number)
    {
        var serial = new byte[16];
        serial[0] = 0x40;
        BinaryPrimitives.WriteInt32BigEndian(serial.AsSpan(12), number);
        return serial;
    }
}
