using System.Net.Http.Headers;
using System.Text;
using MyKey.App.OnlineSites;
using MyKey.App.PartnerLinks;
using MyKey.Kernel;
using MyKey.Kernel.Jobs;

namespace MyKey.App.SiteEvents;

/// <summary>Sends what waits, each message until its site answers 2xx: after 5 seconds, 10, 20 … up to an hour, for about a day; then an operator looks.</summary>
public sealed class SendSiteEvents(SiteEventRows rows, OnlineSiteCache sites, SignEvent sign, OutsideCalls outside, TimeProvider clock) : IJob
{
    public const int MostTries = 30;

    private const int EventsPerRun = 50, FirstWaitMs = 5_000, LongestWaitMs = 3_600_000;

    public string Name => "points-send-site-events";

    public TimeSpan Every => TimeSpan.FromSeconds(5);

    public async Task<JobResult> Run(JobRun run, CancellationToken stop)
    {
        var due = await rows.Due(EventsPerRun, stop);
        var view = await sites.View();
        var heard = 0;
        // A site that is silent does not hold up the others for long: each message has its own timeout.
        foreach (var chunk in due.Chunk(10))
            heard += (await Task.WhenAll(chunk.Select(e => Send(e, view.Find(e.Site), stop)))).Count(ok => ok);
        return new JobResult($"heard {heard} of {due.Count}", More: heard == EventsPerRun);
    }

    /// <summary>What a try makes of a message.</summary>
    /// <param name="status">Of the answer; null for silence.</param>
    public static SiteEvent Next(SiteEvent message, int? status, long nowMs)
    {
        var tries = message.Tries + 1;
        var answer = status is { } said ? $"HTTP {said}" : "silent";
        if (status is >= 200 and < 300) return message with { State = SiteEventState.Sent, Tries = tries, Answer = answer };
        return message with
        {
            State = tries >= MostTries ? SiteEventState.Stuck : SiteEventState.Waiting,
            Tries = tries,
            Answer = answer,
            NextMs = nowMs + Backoff.WaitMs(message.Tries, FirstWaitMs, LongestWaitMs),
        };
    }

    private async Task<bool> Send(SiteEvent message, OnlineSite? site, CancellationToken stop)
    {
        if (site?.Hook is not { } hook) return false;
        var headers = await sign.Run(message, stop);
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new StringContent(message.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Add("webhook-id", headers.Id);
        request.Headers.Add("webhook-timestamp", headers.Timestamp);
        request.Headers.Add("webhook-signature", headers.Signature);
        request.Headers.Add("webhook-key", headers.Keys);
        var (status, _) = await outside.Send(request, stop);
        var next = Next(message, (int?)status, clock.NowMs());
        return await rows.Move(message, next, stop) && next.State == SiteEventState.Sent;
    }
}
