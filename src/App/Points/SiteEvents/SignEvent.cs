using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyKey.App.OnlineSites;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.SiteEvents;

/// <summary>The headers with which a site knows that a message is ours and new.</summary>
/// <param name="Keys">Numbers of the secrets, in the order of the signatures.</param>
public sealed record SignedHeaders(string Id, string Timestamp, string Signature, string Keys);

/// <summary>Signs messages as the Standard Webhooks have it: HMAC-SHA256 over <c>id.timestamp.body</c>; the older secret signs, too, for its last day.</summary>
public sealed class SignEvent(Database database, OnlineSecrets secrets, TimeProvider clock)
{
    public async Task<SignedHeaders> Run(SiteEvent message, CancellationToken stop)
    {
        await using var connection = await database.Open(stop);
        var hook = await connection.QuerySingleAsync<Hook>("select key_no, secret, older, older_until_ms from pts_online_hook where site = @Site", new { message.Site });
        var (now, id) = (clock.NowMs(), message.Id.ToString());
        var timestamp = (now / 1_000).ToString(CultureInfo.InvariantCulture);
        List<(int No, byte[] Secret)> keys = [(hook.KeyNo, await secrets.OpenHook(message.Site, hook.Secret, stop))];
        if (hook.Older is { } older && now < hook.OlderUntilMs) keys.Add((hook.KeyNo - 1, await secrets.OpenHook(message.Site, older, stop)));
        return new SignedHeaders(id, timestamp, string.Join(' ', keys.Select(k => Signature(k.Secret, id, timestamp, message.Body))), string.Join(' ', keys.Select(k => k.No.ToString(CultureInfo.InvariantCulture))));
    }

    /// <returns><c>v1,</c> and the base64 of the HMAC.</returns>
    public static string Signature(byte[] secret, string id, string timestamp, string body) =>
        $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")))}";

    private sealed record Hook
    {
        public int KeyNo { get; init; }
        public byte[] Secret { get; init; } = [];
        public byte[]? Older { get; init; }
        public long OlderUntilMs { get; init; }
    }
}
