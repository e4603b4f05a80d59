using System.Diagnostics.Metrics;

namespace MyKey.App.Shared.Web;

/// <summary>What the App tells about its answers, meter <c>mykey.app</c>.</summary>
internal static class AppMeter
{
    private static readonly Meter Meter = new("mykey.app");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("mykey.app.refusals", "{refusal}", "answers that said no, by code");

    public static void Refused(string code) => Refusals.Add(1, new KeyValuePair<string, object?>("code", code));
}
