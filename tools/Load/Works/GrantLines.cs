using System.Text;
using MyKey.App.GrantBatches;
using MyKey.App.Grants;
using MyKey.App.Programmes;
using MyKey.Identity.Staffing;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.Load.Works;

/// <summary>A municipality's file of grants, looked at and then posted (bar: 100,000 lines in 30 s).</summary>
internal static class GrantLines
{
    private const int People = 2_000;
    private const int PointsEach = 10;

    public static async Task Post(Workplace at, CancellationToken stop)
    {
        await at.Town.Issue(People, stop);
        var (officer, clerk, today) = (await at.Staff(Role.Officer), Actor.Job("load"), at.Clock.Today());
        var plan = new OpenProgramme.Plan(Ids.New<ProgrammeId>(at.Clock), at.Municipality, "見守り活動", GrantKind.Activity, today, today.AddDays(30), clerk);
        Must.Hold((await at.Get<OpenProgramme>().Run(plan, stop)).Ok, "a programme is open");
        await at.Database.Write(tx => at.Get<Limits>().SetTotal(tx, LimitId.Budget(plan.Id), new Points((long)PointsEach * at.Size)), stop);
        Must.Hold((await at.Get<SetSetting>().Run(new("grant.four_eyes_above", SettingPlace.Platform, "1000000000000", clerk), stop)).Ok, "one officer may grant all of it");

        GrantBatch batch = null!;
        var looked = await Workplace.Time(async () => batch = (await at.Get<StoreBatch>().Run(Granter.Of(officer).Value, new GrantFile(plan.Id, File(at), "load.csv"), stop)).Value);
        Must.Hold(batch.Good == at.Size, "every line is good");
        await at.Say($"{at.Size:#,0} lines of a grant file looked at in {looked:0.0} s");
        batch = (await at.Get<CommitBatch>().Commit(officer, batch.Sha256, batch.Id, stop)).Value;
        var posted = await Workplace.Time(async () =>
        {
            while (await at.Get<PostBatches>().Some(batch, PostBatches.RowsPerRun, stop) > 0) stop.ThrowIfCancellationRequested();
        });
        Must.Hold((await at.Get<Limits>().Read(LimitId.Budget(plan.Id)))!.Rest == Points.Zero, "every line was posted");
        await at.Say($"{at.Size:#,0} grants posted in {posted:0.0} s, {at.Size / posted:#,0}/s");
    }

    private static byte[] File(Workplace at)
    {
        var text = new StringBuilder("マイキーID,ポイント,行事\n");
        for (var i = 0; i < at.Size; i++) text.Append(Run.Text($"{at.Town.MyKeyIds[i % People]},{PointsEach},行事{i / People}\n"));
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
