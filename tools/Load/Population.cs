using MyKey.Ledger;

namespace MyKey.Load;

/// <summary>Citizens, shops and payments, all following from one seed.</summary>
internal sealed class Population
{
    /// <summary>Each citizen has two lots of these.</summary>
    private const int LotPoints = 10_000;

    private const int LargestPayment = 100;
    private static readonly string[] Bodies = ["01100", "04100", "12100", "13104", "14130", "23100", "26100", "27100", "34100", "40130"];
    public static readonly MunicipalityCode[] Issuers = [.. Bodies.Select(b => MunicipalityCode.Read(b).Value)];
    private static readonly Actor Till = Actor.Job("load");
    private readonly CitizenId[] citizens;
    private readonly AcceptorId[] shops;
    private readonly ProgrammeId programme;
    private readonly int refusedPercent;

    private readonly int step;

    /// <param name="people">Citizens with a MyKey ID, who take the place of every n-th account; none at ledger level.</param>
    public Population(LoadOptions options, CitizenId[] people)
    {
        var random = new Random(options.Seed);
        citizens = Fill<CitizenId>(options.Accounts, random);
        step = people.Length == 0 ? 1 : citizens.Length / people.Length;
        for (var i = 0; i < people.Length; i++) citizens[i * step] = people[i];
        shops = Fill<AcceptorId>(options.Shops, random);
        programme = Fill<ProgrammeId>(1, random)[0];
        refusedPercent = options.RefusedPercent;
    }

    public int Citizens => citizens.Length;

    /// <summary>Grant <paramref name="number"/> of two for each citizen.</summary>
    public Transfer Grant(int citizen, int number, TimeProvider clock) =>
        Transfer.Grant(Ids.New<TransferId>(clock), citizens[citizen], Issuers[citizen % Issuers.Length], new Points(LotPoints), programme,
            new NewLot(clock.Today().AddDays(365 * (number + 1)), new LotSource(SourceKind.Grant)), Till);

    public Payment Payment(Random random, TimeProvider clock) => Payment(random.Next(citizens.Length), random, clock);

    /// <summary>A payment of one of the people with a MyKey ID.</summary>
    public Payment PaymentOf(int person, Random random, TimeProvider clock) => Payment(person * step, random, clock);

    private Payment Payment(int citizen, Random random, TimeProvider clock)
    {
        var amount = random.Next(100) < refusedPercent ? 3 * LotPoints : random.Next(1, LargestPayment + 1);
        return new Payment(Ids.New<TransferId>(clock), citizens[citizen], Issuers[citizen % Issuers.Length], new Points(amount), shops[random.Next(shops.Length)]);
    }

    /// <summary>At ledger level.</summary>
    public static Transfer Use(Payment payment) =>
        Transfer.Use(payment.Id, payment.Citizen, payment.Issuer, payment.Amount, payment.Shop, Till) with { Settings = "consume.order=grant_date" };

    private static T[] Fill<T>(int count, Random random) where T : struct, IId<T>
    {
        var ids = new T[count];
        var bytes = new byte[16];
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(bytes);
            (bytes[6], bytes[8]) = ((byte)(0x40 | bytes[6] & 0x0F), (byte)(0x80 | bytes[8] & 0x3F));
            ids[i] = T.Of(new Guid(bytes, bigEndian: true));
        }
        return ids;
    }
}

/// <summary>One payment that a till asks for.</summary>
internal readonly record struct Payment(TransferId Id, CitizenId Citizen, MunicipalityCode Issuer, Points Amount, AcceptorId Shop);

/// <summary>A till's next payment.</summary>
/// <returns>Null, the code of the refusal, or <see cref="Drive.NothingLeft"/>.</returns>
internal delegate ValueTask<string?> Pay(Random random);
