using MyKey.App.Registry;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Mail;

/// <summary>Notices of points that move: written in the transaction of the transfer, for those who want them. Without a relay nothing is asked or written.</summary>
public sealed class PointNotices(WriteNotice notices, MailOptions options)
{
    private static readonly HashSet<CitizenId> Nobody = [];

    public async Task<IReadOnlySet<CitizenId>> Hearers(Notice notice, IReadOnlyCollection<CitizenId> citizens, CancellationToken stop = default) =>
        options.On && citizens.Count > 0 ? await notices.Hearers(notice, citizens, stop) : Nobody;

    /// <summary>What rides along with a transfer: the notice, or nothing.</summary>
    /// <param name="about">Of several transfers of one exchange one mail tells, as long as it has not gone out.</param>
    public async Task<IReadOnlyList<Companion>> For(CitizenId citizen, Notice notice, Purse points, Guid? about = null) =>
        (await Hearers(notice, [citizen])).Count > 0 ? [Companion(citizen, notice, points, about)] : [];

    public Companion Companion(CitizenId citizen, Notice notice, Purse points, Guid? about = null)
    {
        var (sql, values) = notices.Statement(citizen, notice, about, ("purse", points.ToString()));
        return new Companion(sql, values, 1, Refusal.Of("busy"));
    }
}
