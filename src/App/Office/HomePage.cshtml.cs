using MyKey.App.SignIn;

namespace MyKey.App.Office;

/// <summary>Start of the office.</summary>
public sealed class HomePage(OfficeToday today) : TodayPage
{
    public override string Place => $"{Work.Office.Name} の窓口";

    protected override Task<IReadOnlyList<TodaysTask>> Find(CancellationToken stop) => today.Of(Work, stop);
}
