using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;

namespace MyKey.Identity.Certificates.Lineage;

/// <summary>
/// How long a scheme waits after a certificate was issued (K-03): counted from its first instant, by the cause that the authority told; where it told none, the longest wait of the scheme.
/// A PIN that is set or reset makes no new certificate, so nothing waits for it (S1-08a).
/// </summary>
public sealed class CertificateWait(Database database, Settings settings, TimeProvider clock)
{
    private const long MinuteMs = 60_000;

    /// <returns>The instant (ms UTC) from which the scheme takes the citizen's card; null when it does now.</returns>
    public async Task<long?> Until(CitizenId citizen, string scheme, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var row = await connection.QuerySingleOrDefaultAsync<(long NotBeforeMs, JoinCause Cause)?>("select not_before_ms, cause from idn_certificate where citizen = @citizen and state = 1", new { citizen });
        if (row is not { } held) return null;
        var (view, scope, now) = (await settings.View(), new SettingScope(Scheme: scheme), clock.NowMs());
        var (issued, renewed) = (view.Number("cert.effective_delay.new", scope, now), view.Number("cert.effective_delay.renewal", scope, now));
        var minutes = held.Cause switch { JoinCause.Renewed => renewed, JoinCause.Reissued => issued, _ => Math.Max(issued, renewed) };
        var from = held.NotBeforeMs + minutes * MinuteMs;
        return now < from ? from : null;
    }
}
