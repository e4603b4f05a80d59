namespace MyKey.Tests.Support;

/// <summary>Time that stands still until a test moves it; timers (and <c>Task.Delay</c> with this clock) fire in between.</summary>
public sealed class TestClock(long startMs = TestClock.SomeDayMs) : TimeProvider
{
    /// <summary>2017-12-15 12:00 JST, the day of the source's figures.</summary>
    public const long SomeDayMs = 1_513_306_800_000;

    public TestClock(DateTimeOffset start) : this(start.ToUnixTimeMilliseconds())
    {
    }

    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private long nowTicks = startMs * TimeSpan.TicksPerMillisecond;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref nowTicks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public void Advance(TimeSpan by)
    {
        var until = GetTimestamp() + by.Ticks;
        while (true)
        {
            Timer? next;
            lock (gate)
            {
                next = timers.Where(t => t.DueTicks <= until).MinBy(t => t.DueTicks);
                Interlocked.Exchange(ref nowTicks, next is null ? until : Math.Max(next.DueTicks, nowTicks));
                next?.Next();
            }
            if (next is null) return;
            next.Fire();
        }
    }

    /// <summary>Returns as soon as somebody waits for a time no further away than this.</summary>
    public async Task WaitedFor(TimeSpan within)
    {
        while (true)
        {
            lock (gate)
                if (timers.Any(t => t.DueTicks <= GetTimestamp() + within.Ticks)) return;
            await Task.Yield();
        }
    }

    /// <summary>Time that has passed while nobody ran: no timer fires, a day costs no more than a second.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref nowTicks, by.Ticks);

    public void Advance(int ms) => Advance(TimeSpan.FromMilliseconds(ms));

    public void AdvanceDays(int days) => Advance(TimeSpan.FromDays(days));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(TestClock clock, Action fire) : ITimer
    {
        private TimeSpan every = Timeout.InfiniteTimeSpan;

        public long DueTicks { get; private set; } = long.MaxValue;

        public void Fire() => fire();

        public void Next() => DueTicks = every <= TimeSpan.Zero ? long.MaxValue : DueTicks + every.Ticks;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                DueTicks = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : clock.GetTimestamp() + dueTime.Ticks;
                every = period;
                if (!clock.timers.Contains(this)) clock.timers.Add(this);
            }
            return true;
        }

        public void Dispose()
        {
            lock (clock.gate) clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
