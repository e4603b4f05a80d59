using System.Data.Common;
using System.Text.Json;
using MyKey.Identity.Keys;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Outbox;

namespace MyKey.Identity.Mail;

/// <summary>The mailboxes that wait in the outbox, wrapped, because they are on file no more.</summary>
public sealed class NoticesOnTheWay(Outbox outbox) : WrappedPlace(Outbox.Bodies)
{
    public override async Task<IReadOnlyList<UnderKey>> Count(DbConnection connection, CancellationToken stop)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var (_, body) in Read(stop))
            counts[KeyOf(body.To!) ?? ""] = counts.GetValueOrDefault(KeyOf(body.To!) ?? "") + 1;
        return [.. counts.Select(c => new UnderKey(c.Key.Length == 0 ? null : c.Key, c.Value))];
    }

    public override async Task<WrappedAnew> Some(Database database, Kek kek, int most, CancellationToken stop)
    {
        var (rows, unreadable, head) = (0, 0, KeyOf(await Head(kek, stop)));
        await foreach (var (message, body) in Read(stop))
        {
            if (KeyOf(body.To!) == head) continue;
            if (await Anew(kek, body.To!, KeepMail.Owner(CitizenId.Of(body.Citizen)), stop) is not { } anew)
            {
                unreadable++;
                continue;
            }
            rows += await database.Write(tx => Outbox.Rewrite(tx, message, JsonSerializer.Serialize(body with { To = anew })), stop) ? 1 : 0;
            if (rows == most) break;
        }
        return new WrappedAnew(rows, unreadable);
    }

    private async IAsyncEnumerable<(OutboxMessage Message, NoticeBody Body)> Read([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        for (OutboxMessage? last = null; ;)
        {
            var some = await outbox.OfKind(WriteNotice.Kind, last, stop);
            foreach (var message in some)
                if (WriteNotice.Read(message) is { To: not null } body) yield return (message, body);
            if (some.Count < Outbox.RowsAtOnce) yield break;
            last = some[^1];
        }
    }
}
