using MyKey.App.SignIn;

namespace MyKey.App.Operator;

/// <summary>Start of the platform's operators.</summary>
public sealed class HomePage(OperatorToday today) : TodayPage
{
    public override string Place => "マイキーの運用";

    protected override Task<IReadOnlyList<TodaysTask>> Find(CancellationToken stop) => today.Of(Work, stop);
}
