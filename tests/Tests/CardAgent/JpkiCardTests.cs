using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MyKey.CardAgent.Cards;
using MyKey.Kernel;
using MyKey.Sandbox.Cards;
using MyKey.Tests.Support;

namespace MyKey.Tests.CardAgent;

/// <summary>Goal: the agent's card work over both ways to a card, through the same tests.</summary>
public abstract class JpkiCardTests : IDisposable
{
    private readonly CardFile file = TestCards.New();
    private SoftwareCard? card;

    protected abstract CardReader Reader { get; }

    protected abstract ICardTransport Transport { get; }

    public virtual void Dispose()
    {
        Reader.Put(null);
        card?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void S0_5003_It_reads_verifies_and_signs()
    {
        Put(file);
        using var line = Transport.Open();
        var jpki = new JpkiCard(line, CancellationToken.None);
        Assert.Equal(file.Certificate, jpki.ReadCertificate().Value);
        Assert.True(JpkiCard.CanSign(file.Certificate));
        Assert.Equal(3, jpki.TriesLeft());
        Assert.Null(jpki.Verify(Encoding.ASCII.GetBytes(TestCards.Pin)));
        var signature = jpki.Sign("message"u8);
        using var certificate = X509CertificateLoader.LoadCertificate(file.Certificate);
        using var key = certificate.GetRSAPublicKey()!;
        Assert.True(key.VerifyData("message"u8, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.False(key.VerifyData("massage"u8, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public void S1_05a_Wrong_PINs_count_and_the_third_locks()
    {
        Put(file);
        using var line = Transport.Open();
        var jpki = new JpkiCard(line, CancellationToken.None);
        jpki.ReadCertificate();
        Assert.Equal(Refusal.Of("pin_wrong", ("left", 2L)), jpki.Verify("0000"u8.ToArray()));
        Assert.Equal(Refusal.Of("pin_wrong", ("left", 1L)), jpki.Verify("0000"u8.ToArray()));
        Assert.Equal(1, jpki.TriesLeft());
        Assert.Equal("pin_locked", jpki.Verify("0000"u8.ToArray())!.Code);
        Assert.Equal(0, jpki.TriesLeft());
        Assert.Equal("pin_locked", jpki.Verify(Encoding.ASCII.GetBytes(TestCards.Pin))!.Code);
        Assert.Equal(0, card!.File.Tries);
    }

    [Fact]
    public void S1_15b_The_verified_PIN_ends_with_the_line()
    {
        Put(file);
        using (var line = Transport.Open())
        {
            var jpki = new JpkiCard(line, CancellationToken.None);
            jpki.ReadCertificate();
            Assert.Null(jpki.Verify(Encoding.ASCII.GetBytes(TestCards.Pin)));
        }
        using var second = Transport.Open();
        var after = new JpkiCard(second, CancellationToken.None);
        after.ReadCertificate();
        Assert.Throws<CardUnreadable>(() => after.Sign("message"u8));
    }

    [Fact]
    public void S1_05a_Given_up_work_sends_no_PIN_any_more()
    {
        Put(file);
        using var giveUp = new CancellationTokenSource();
        using var line = Transport.Open();
        var jpki = new JpkiCard(line, giveUp.Token);
        jpki.ReadCertificate();
        giveUp.Cancel();
        Assert.Throws<OperationCanceledException>(() => { jpki.Verify("0000"u8.ToArray()); });
        Assert.Equal(3, card!.File.Tries);
    }

    [Fact]
    public void A_card_without_a_certificate_is_told_from_a_broken_one()
    {
        Put(file with { Certificate = [] });
        using var line = Transport.Open();
        Assert.Equal("cert_missing", new JpkiCard(line, CancellationToken.None).ReadCertificate().Refused!.Code);
    }

    [Fact]
    public void It_sees_cards_come_and_go()
    {
        Until(p => p.Place == Place.Empty);
        Put(file);
        var first = Until(p => p.Place == Place.Card);
        using (Transport.Open())
        {
            // Work with a card, and the power going off after it, is no new insertion.
        }
        Assert.Equal(first, Transport.Look());
        Assert.Equal(first, Transport.Wait(first, 700, CancellationToken.None));
        Reader.Put(null);
        Assert.Equal(Place.Empty, Transport.Wait(first, 10_000, CancellationToken.None).Place);
        Put(file);
        var second = Until(p => p.Place == Place.Card);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void A_card_taken_off_in_the_middle_is_unreadable()
    {
        Put(file);
        using var line = Transport.Open();
        var jpki = new JpkiCard(line, CancellationToken.None);
        jpki.ReadCertificate();
        Reader.Put(null);
        Assert.Throws<CardUnreadable>(() => jpki.TriesLeft());
    }

    /// <summary>Puts a card on and waits until the way to it sees it.</summary>
    private void Put(CardFile next)
    {
        Until(p => p.Place != Place.Card);
        card?.Dispose();
        card = new SoftwareCard(next);
        Reader.Put(card);
        Until(p => p.Place == Place.Card);
    }

    private Presence Until(Func<Presence, bool> wanted)
    {
        var seen = Transport.Look();
        for (var tries = 0; !wanted(seen) && tries < 20; tries++) seen = Transport.Wait(seen, 2_000, CancellationToken.None);
        Assert.True(wanted(seen), $"the reader shows {seen}");
        return seen;
    }
}

/// <summary>Without pcscd: the vpcd protocol to the reader itself.</summary>
public sealed class TrayTransportTests : JpkiCardTests
{
    private readonly TrayTransport transport;

    public TrayTransportTests()
    {
        Reader = CardReader.Start(0);
        transport = new TrayTransport(Reader.Port);
    }

    protected override CardReader Reader { get; }

    protected override ICardTransport Transport => transport;

    public override void Dispose()
    {
        base.Dispose();
        transport.Dispose();
        Reader.DisposeAsync().AsTask().Wait();
    }

    [Fact]
    public async Task A_reader_that_is_gone_is_no_reader()
    {
        Assert.Equal(Place.Empty, transport.Look().Place);
        await Reader.DisposeAsync();
        Assert.Equal(Place.NoReader, transport.Look().Place);
    }
}

/// <summary>Through libpcsclite and pcscd, as on a person's machine.</summary>
[Collection(UsesPcscd.Name)]
public sealed class PcscTransportTests(TemporaryPcscd pcscd) : JpkiCardTests
{
    protected override CardReader Reader => pcscd.Reader;

    protected override ICardTransport Transport { get; } = new PcscTransport();
}
