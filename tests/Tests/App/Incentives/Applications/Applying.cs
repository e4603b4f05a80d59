using Microsoft.Extensions.DependencyInjection;
using MyKey.App.Applications;
using MyKey.Identity.Certificates;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Tests.App.Grants;

namespace MyKey.Tests.App.Applications;

/// <summary>Applications as the card's answer makes them; the way through agent and browser has a test of its own.</summary>
internal static class Applying
{
    /// <summary>The certificate that <see cref="Support.Town.Issue"/> gave.</summary>
    public static CardProof Proof(ApplicationWish wish, int serial, Purpose? purpose = null)
    {
        var certificate = new AuthCertificate(new string('a', 64), $"{serial:x}", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        Detail[] details = [new(DetailLabel.Programme, "施策"), new(DetailLabel.Receive, "500ポイント")];
        return new CardProof(Ids.NewRandom<ChallengeId>(), certificate, purpose ?? Purpose.Apply, details, wish.Binding, null);
    }

    public static Task<Result<Application>> Apply(this GrantOffice office, CitizenId citizen, int serial, Guid programme, Guid? id = null, bool declared = false) =>
        office.Town.Get<ApplyForOffer>().Run(citizen, Proof(new ApplicationWish(citizen, new ProgrammeId(programme), new TransferId(id ?? Guid.CreateVersion7()), declared), serial));

    public static async Task Set(IServiceProvider services, string key, string value, string place = "scheme/municipal_mynapoint") =>
        Assert.True((await services.GetRequiredService<SetSetting>().Run(new SetSetting.Change(key, SettingPlace.Read(place).Value, value, Actor.Of(Ids.NewRandom<StaffId>())))).Ok);

    /// <summary>The office sees the applicant's certificate as one of this age and cause.</summary>
    public static Task Certificate(GrantOffice office, CitizenId citizen, long notBeforeMs, int cause) => office.App.Database.Write(tx =>
        Dapper.SqlMapper.ExecuteAsync(tx.Connection, "update idn_certificate set not_before_ms = @notBeforeMs, cause = @cause where citizen = @citizen", new { notBeforeMs, cause, citizen }, tx.Handle));
}
