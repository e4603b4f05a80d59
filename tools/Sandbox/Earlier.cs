namespace MyKey.Sandbox;

/// <summary>A clock that goes on like another one, some time before it.</summary>
public sealed class Earlier(TimeProvider clock, TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow() - by;
}
