using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MyKey.App.Shared.Components;
using MyKey.App.SignIn;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.WaitingRooms;

/// <summary>
/// Before what everybody wants on the same morning: who comes first is let in first, so many a second as this installation bears (setting <c>queue.per_second</c>, of each process), and everybody is told
/// when. There is no list: whoever comes gets the next free instant, and the browser keeps it, signed for this citizen, so that closing it, another programme or a restart loses no place.
/// </summary>
public sealed class WaitingRoom(Settings settings, Kek kek, TimeProvider clock)
{
    /// <summary>So long after his turn somebody may still go in, and again.</summary>
    public const long GoodForMs = 10 * 60_000;

    /// <summary>Shorter waits are none.</summary>
    public const long UnnoticedMs = 1_000;

    public const string Code = "queue_wait";

    private const long SecondUs = 1_000_000;
    private static readonly ShellCookie Place = new("mykey-place");

    private readonly Lock gate = new();
    private long nextUs;

    /// <returns>null: go in; <c>queue_wait</c> with <c>at</c> in words and <c>wait</c> in seconds.</returns>
    public async Task<Refusal?> Enter(HttpContext context, CitizenId citizen, CancellationToken stop = default)
    {
        var now = clock.NowMs();
        if (await Read(Place.Read(context), citizen, stop) is { } kept && now < kept + GoodForMs) return kept <= now ? null : Wait(kept, now);
        var turn = Next(await PerSecond(now), now);
        if (turn - now < UnnoticedMs) return null;
        Place.Set(context, $"{turn.ToString(CultureInfo.InvariantCulture)}.{await Mac(turn, citizen, stop)}", TimeSpan.FromMilliseconds(turn - now + GoodForMs));
        return Wait(turn, now);
    }

    private long Next(long perSecond, long nowMs)
    {
        lock (gate)
        {
            var turn = Math.Max(nextUs, nowMs * 1_000);
            nextUs = turn + SecondUs / perSecond;
            return turn / 1_000;
        }
    }

    private async Task<long> PerSecond(long now) => (await settings.View()).Number("queue.per_second", new SettingScope(), now);

    private static Refusal Wait(long turn, long now) => Refusal.Of(Code, ("at", Words.Moment(turn)), ("wait", (turn - now + 999) / 1_000));

    private async Task<long?> Read(string? ticket, CitizenId citizen, CancellationToken stop)
    {
        if (ticket?.Split('.') is not [var typed, var mac] || !long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var turn)) return null;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(await Mac(turn, citizen, stop)), Encoding.UTF8.GetBytes(mac)) ? turn : null;
    }

    private async Task<string> Mac(long turn, CitizenId citizen, CancellationToken stop) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(await kek.Derive("queue-place", stop), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{turn} {citizen.Value:N}"))));
}
