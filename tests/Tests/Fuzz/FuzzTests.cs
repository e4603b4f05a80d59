using System.Diagnostics;
using System.Formats.Asn1;
using System.Formats.Cbor;
using System.Globalization;
using System.Text;
using MyKey.CardAgent;
using MyKey.CardAgent.Cards;
using MyKey.CardAgent.Device;
using MyKey.CardAgent.Sip;
using MyKey.Identity.Certificates.Crl;
using MyKey.Kernel;
using MyKey.Kernel.Chain;
using MyKey.Kernel.OperationLog;
using MyKey.Ledger;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Tests.CardAgent.Sip;
using MyKey.Tests.Golden;
using MyKey.Tests.Identity.Certificates;
using MyKey.Tests.Support;

namespace MyKey.Tests.Fuzz;

/// <summary>
/// Goal: whatever bytes come from a card, a certificate, a revocation list or the database, a parser answers or refuses in its own words, at once; it never breaks, hangs
/// or eats memory. A second each by default; <c>./mykey fuzz --minutes 10</c> longer.
/// </summary>
public class FuzzTests
{
    private const int LongestMs = 1_000;
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("MYKEY_FUZZ_SEED") ?? "20171215", CultureInfo.InvariantCulture);
    private static readonly double Seconds = double.Parse(Environment.GetEnvironmentVariable("MYKEY_FUZZ_SECONDS") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_certificate_is_judged_or_refused()
    {
        await using var rig = await CertificateRig.WithLists();
        var authority = CertificateRig.Authority;
        var samples = new[] { new CertificateProfile(), new CertificateProfile { Policies = ["2.5.29.32.0"] }, new CertificateProfile { TellsIssuerKey = false } }.Select(p => authority.Issue(p).CertificateDer).ToList();
        var accepted = 0;
        await Run(samples, async bytes =>
        {
            if ((await rig.Rules.Identify(bytes, default)).Ok && !samples.Exists(s => s.AsSpan().SequenceEqual(bytes))) accepted++;
        });
        Assert.Equal(0, accepted);
    }

    [Fact]
    public async Task A_revocation_list_is_read_or_refused()
    {
        var entry = CrlSample.Entry("0a1b2c", 1);
        var samples = new[] { new CrlSample().Der(), new CrlSample { Serials = ["01", "7fffffffffffffff"] }.Der(), new CrlSample { Entries = [entry, entry], Number = 1 }.Der() };
        await Run(samples, bytes =>
        {
            try
            {
                foreach (var revoked in CrlForm.Read(bytes).Revoked()) Assert.NotEmpty(revoked.Serial);
            }
            catch (AsnContentException)
            {
                // Its own word for "not a list".
            }
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_record_is_read_or_refused()
    {
        var samples = RecordBytesTests.Samples.Append(Operation.Bytes()).Append(BlockHeader.SumBytes([new BlockSum("132985", 1, 5, 7), new BlockSum("*", 2, 0, 1)])).ToList();
        await Run(samples, bytes =>
        {
            Read(bytes, TransferRecord.Read, r => r.Bytes(Canonical.Writer()));
            Read(bytes, OperationRecord.Read, r => r.Bytes());
            Read(bytes, BlockHeader.ReadSums, BlockHeader.SumBytes);
            return Task.CompletedTask;
        });

        // What is accepted is the canonical form: written again it is the same, byte for byte.
        static void Read<T>(byte[] bytes, Func<byte[], T> read, Func<T, byte[]> write)
        {
            try
            {
                Assert.Equal(bytes, write(read(bytes)));
            }
            catch (CborContentException)
            {
                // Its own word for "not a record".
            }
        }
    }

    [Fact]
    public async Task A_card_that_answers_anything_is_read_or_refused()
    {
        using var card = new SoftwareCard(TestCards.New());
        var (random, samples) = (new Random(Seed), new List<byte[]> { Convert.FromHexString("9000"), Convert.FromHexString("63C3"), Convert.FromHexString("6A82"), Convert.FromHexString("308210009000") });
        await Run(samples, async bytes =>
        {
            await Task.CompletedTask;
            using var line = new BabblingLine(card, bytes, random.Next(20));
            var talk = new JpkiCard(line, CancellationToken.None);
            Try(() => talk.ReadCertificate());
            Try(() => talk.TriesLeft());
            Try(() => talk.Verify("1234"u8.ToArray()));
            Try(() => talk.Sign("what is signed"u8));
            Assert.InRange(line.Sent, 1, 100);
            card.PowerOff();
        });

        static void Try<T>(Func<T> work)
        {
            try
            {
                work();
            }
            catch (CardUnreadable)
            {
                // Its own word for "the card talks nonsense".
            }
        }
    }

    [Fact]
    public async Task S2_P9d_SIP2_is_answered_or_asked_for_again()
    {
        var samples = new[] { SipClient.PatronStatus("789145", "AB1|"), SipClient.PatronInformation(""), SipClient.Status, SipClient.Login("a", "b"), "97AZFEF5", "a\rb\r\n" }
            .SelectMany(s => new[] { s + "\r", SipClient.Sealed(s + "AY1AZ") + "\n" }).Select(Encoding.UTF8.GetBytes).ToList();
        await Run(samples, async bytes =>
        {
            using var stream = new MemoryStream(bytes);
            var (lines, talk) = (new SipLines(stream), new SipTalk(new AgentOptions { SipUtf8 = true }, _ => Task.FromResult(new NumberAnswer("789145", null)), TimeProvider.System));
            while (!talk.Over && await lines.Next(default) is { } line)
            {
                var answer = await talk.Answer(line, default);
                Assert.Equal(answer.Length - 1, Array.IndexOf(answer, (byte)'\r'));
                Assert.Contains(Encoding.ASCII.GetString(answer[..2]), new[] { "24", "64", "94", "96", "98" });
                Assert.True(answer.Length < 300);
            }
        });
    }

    private static OperationRecord Operation => new()
    {
        Bucket = 1, Id = Guid.Parse("01605938-e500-7abc-8def-0123456789ab"), TimeMs = 1_513_306_800_000, CivilDay = 20171215, Action = "id.issued", ActorKind = 1, Actor = Guid.Empty, After = "chosen",
    };

    private static async Task Run(IReadOnlyList<byte[]> samples, Func<byte[], Task> once)
    {
        var mutations = new Mutations(Seed, samples);
        var (started, cases, memory) = (Stopwatch.StartNew(), 0L, GC.GetTotalAllocatedBytes());
        while (started.Elapsed.TotalSeconds < Seconds || cases < 200)
        {
            var bytes = mutations.Next();
            var before = Stopwatch.GetTimestamp();
            try
            {
                await Task.Run(() => once(bytes)).WaitAsync(TimeSpan.FromSeconds(30));
            }
            catch (Exception broken) when (broken is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"seed {Seed}, case {cases}: {broken}\n{Convert.ToHexString(bytes)}");
            }
            var took = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
            // A busy machine may hold up anything once; the same bytes again are quick if it was that.
            if (took > LongestMs)
            {
                before = Stopwatch.GetTimestamp();
                await once(bytes);
                Assert.True(Stopwatch.GetElapsedTime(before).TotalMilliseconds < LongestMs, $"seed {Seed}, case {cases} took long twice\n{Convert.ToHexString(bytes)}");
            }
            cases++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}: {cases:#,0} cases in {started.Elapsed.TotalSeconds:0} s, {(GC.GetTotalAllocatedBytes() - memory) / Math.Max(1, cases):#,0} bytes each");
    }

    /// <summary>A card that answers well for a while, and then nonsense.</summary>
    private sealed class BabblingLine(SoftwareCard card, byte[] nonsense, int well) : ICardLine
    {
        public int Sent { get; private set; }

        public byte[] Transmit(ReadOnlySpan<byte> command) => Sent++ < well ? card.Transmit(command) : nonsense;

        public void Dispose()
        {
        }
    }
}
