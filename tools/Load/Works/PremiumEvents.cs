using System.Security.Cryptography;
using System.Text;
using MyKey.App.National;
using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.Identity.Machines;
using MyKey.Identity.Staffing;
using Npgsql;
using NpgsqlTypes;

namespace MyKey.Load.Works;

/// <summary>A payment service's file of charges and purchases, looked at and then posted (bar: a million in 120 s on PostgreSQL).</summary>
internal static class PremiumEvents
{
    private const int EventsEach = 20, YenEach = 400;

    public static async Task Post(Workplace at, CancellationToken stop)
    {
        var (service, round) = await Scheme(at, stop);
        var people = Math.Max(1, at.Size / EventsEach);
        await Choose(at, (service.Id, round), people, stop);
        await at.Rest();
        var (file, machine) = (File(at, people), new Machine(Ids.New<MachineId>(at.Clock), MunicipalityCode.Pool, service.Id.Value, "load", [MachineScopes.PremiumsWrite]));
        var sha = Convert.ToHexStringLower(SHA256.HashData(file));
        PremiumFile read = null!;
        var looked = await Workplace.Time(async () => read = (await at.Get<StorePremiumFile>().Run((machine, service), sha, new MemoryStream(file), stop)).Value);
        Must.Hold(read.State == PremiumFileState.Looked && read.Good == at.Size, "every line is good");
        await at.Say($"{at.Size:#,0} premium events of {people:#,0} people ({file.Length / 1e6:0} MB) looked at in {looked:0.0} s, {at.Size / looked:#,0}/s");
        var files = at.Get<PostPremiumFiles>();
        Must.Hold((await files.Begin((machine, service), sha, stop)).Ok, "the file is to be posted");
        var posted = await Workplace.Time(async () =>
        {
            while (await at.Get<FindPremiumFiles>().Posting(stop) is { } open) await files.Some(open, stop);
        });
        var totals = (await at.Get<FindRounds>().Totals(stop)).Single();
        Must.Hold(totals.Premium == (long)at.Size * YenEach / 4, "every premium was given");
        await at.Say($"{at.Size:#,0} premium events posted in {posted:0.0} s, {at.Size / posted:#,0}/s; together {looked + posted:0.0} s");
        var audited = await at.Get<AuditPremiums>().Run(stop);
        Must.Hold(audited.Holds, audited.Broken ?? "");
    }

    private static async Task<(PaymentService Service, ProgrammeId Round)> Scheme(Workplace at, CancellationToken stop)
    {
        var (today, by) = (at.Clock.Today(), await at.Staff(Role.Operator));
        var wanted = new WantedPaymentService(Ids.NewV7(at.Clock), "ロードペイ", PointsUse.Direct, "0120-000-000", "https://pay.example/", true, "https://pay.example/api", "mykey", "load-load-load-load-load-load", true);
        var service = (await at.Get<SavePaymentService>().Run(by, wanted, stop)).Value.Thing;
        var round = new WantedRound(Ids.NewV7(at.Clock), "ロードの回", new Days(today, today.AddDays(30)), new Days(today, today.AddDays(30)), 25, 5_000, RoundKinds.Both, Points.Max, [new WantedRegistration(service.Id.Value, today, null)]);
        return (service, (await at.Get<SaveRound>().Run(by, round, stop)).Value.Thing.Id);
    }

    /// <summary>So many people have chosen the service; the module lets one choose at a time, with the card.</summary>
    private static async Task Choose(Workplace at, (PaymentServiceId Service, ProgrammeId Round) what, int people, CancellationToken stop)
    {
        var keys = at.Get<AccountKeys>();
        await using var connection = (NpgsqlConnection)await at.Database.Open(stop);
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy inc_round_choice(id, round, citizen, person, service, account, number_hash, word_hash, tail, at_counter, made_ms) from stdin (format binary)", stop);
        for (var i = 0; i < people; i++)
        {
            await copy.StartRowAsync(stop);
            await copy.WriteAsync(Ids.NewRandom<CitizenId>().Value, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(what.Round.Value, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(Ids.NewRandom<CitizenId>().Value, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(Ids.NewRandom<CitizenId>().Value, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(what.Service.Value, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(Ids.NewRandom<CitizenId>().Value, NpgsqlDbType.Uuid, stop);
            await copy.WriteAsync(await keys.Hash(what.Service, Member(i), stop), NpgsqlDbType.Bytea, stop);
            await copy.WriteAsync(await keys.Hash(what.Service, $"account-{i}", stop), NpgsqlDbType.Bytea, stop);
            await copy.WriteAsync("0001", NpgsqlDbType.Text, stop);
            await copy.WriteAsync(0, NpgsqlDbType.Integer, stop);
            await copy.WriteAsync(at.Clock.NowMs(), NpgsqlDbType.Bigint, stop);
        }
        await copy.CompleteAsync(stop);
    }

    private static string Member(int i) => Run.Text($"member-{i:00000000}");

    /// <summary>Everybody's first purchase, then everybody's second, as a day's events come.</summary>
    private static byte[] File(Workplace at, int people)
    {
        var (text, day) = (new StringBuilder("eventId,number,kind,amount,at\n", at.Size * 64), Run.Text($"{at.Clock.Today():yyyy-MM-dd}"));
        for (var i = 0; i < at.Size; i++) text.Append(Run.Text($"evt-{i:000000000},{Member(i % people)},purchase,{YenEach},{day}\n"));
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
