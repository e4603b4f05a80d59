namespace MyKey.Tests.Support;

/// <summary>A clock that stands still until it is moved. It begins on the day of the source figure, 2017-12-15 12:00 JST.</summary>
public sealed class FakeClock : TimeProvider
{
    private long ticks = new DateTimeOffset(2017, 12, 15, 12, 0, 0, TimeSpan.FromHours(9)).UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public void Move(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

    public void MoveDays(int days) => Move(TimeSpan.FromDays(days));
}
