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
    public async Task<long?> Until(CitizenId citizen, string scheme, CancellationToken stop = default) => (await Of(citizen, scheme, stop))?.FromMs;

    /// <summary>The same with the key that once-per-person rules count by, in one question.</summary>
    /// <returns>null for nobody.</returns>
    public async Task<(PersonKey Person, long? FromMs)?> Of(CitizenId citizen, string scheme, CancellationToken stop = default)
    {
        var row = await database.ReadTogether<(PersonKey Person, long? NotBeforeMs, JoinCause? Cause)?>("""
            select coalesce(c.person_key, k.person_key), k.not_before_ms, k.cause from idn_citizen c left join idn_certificate k on k.citizen = c.id and k.state = 1 where c.id = @citizen
            """, new { citizen }, stop);
        return row is not { } held ? null : (held.Person, held.NotBeforeMs is { } from ? await From(from, held.Cause, scheme) : null);
    }

    private async Task<long?> From(long notBeforeMs, JoinCause? cause, string scheme)
    {
        var (view, scope, now) = (await settings.View(), new SettingScope(Scheme: scheme), clock.NowMs());
        var (issued, renewed) = (view.Number("cert.effective_delay.new", scope, now), view.Number("cert.effective_delay.renewal", scope, now));
        var minutes = cause switch { JoinCause.Renewed => renewed, JoinCause.Reissued => issued, _ => Math.Max(issued, renewed) };
        var from = notBeforeMs + minutes * MinuteMs;
        return now < from ? from : null;
    }
}
