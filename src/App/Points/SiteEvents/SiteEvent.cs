using System.Text.Json;
using MyKey.Kernel;

namespace MyKey.App.SiteEvents;

/// <summary>Waiting: it is sent, again and again, until the site says that it heard. Stuck: it did not, for a day; an operator sends it again.</summary>
public enum SiteEventState { Waiting, Sent, Stuck }

/// <summary>Something that a site has to hear because it did not do it itself (docs/online-interface.md).</summary>
/// <param name="Type"><c>noun.verbed</c>.</param>
public sealed record SiteNews(string Type, JsonElement Data)
{
    /// <param name="why"><c>citizen</c>: taken away in the settings; <c>stopped</c>: the ID was stopped.</param>
    public static SiteNews LinkRemoved(Guid link, string why) => new("link.removed", JsonSerializer.SerializeToElement(new { link, why }));

    /// <param name="pledge">By the id that the site gave it.</param>
    /// <param name="why"><c>expired</c>: it ran out; <c>staff</c>: an operator gave it back.</param>
    public static SiteNews PledgeReleased(Guid pledge, string order, long released, string why) => new("pledge.released", JsonSerializer.SerializeToElement(new { pledge, order, released, why }));

    /// <summary>An operator gave back part of a capture.</summary>
    /// <param name="amount">This time; <paramref name="refunded"/> in all.</param>
    public static SiteNews PledgeRefunded((Guid Pledge, string Order) of, long amount, long refunded) =>
        new("pledge.refunded", JsonSerializer.SerializeToElement(new { pledge = of.Pledge, order = of.Order, amount, refunded }));
}

/// <summary>A message for a site.</summary>
/// <param name="Id">The same at each try, so that the site takes it once.</param>
/// <param name="Answer">What came of the last try.</param>
public sealed record SiteEvent(Guid Id, OnlineSiteId Site, string Type, string Body, long MadeMs, SiteEventState State, long NextMs, int Tries, string Answer)
{
    /// <summary><c>{"id","type","timeMs","data":{…}}</c></summary>
    internal static string BodyOf(Guid id, SiteNews news, long nowMs) => JsonSerializer.Serialize(new { id, type = news.Type, timeMs = nowMs, data = news.Data });
}
