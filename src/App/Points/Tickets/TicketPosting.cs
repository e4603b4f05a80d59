using Dapper;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.Tickets;

/// <summary>Posts the issue of a ticket; row and number are written in the same transaction.</summary>
public sealed class TicketPosting(Settings settings, TicketNumbers numbers, FindTickets find, Database database, Ledger.Ledger ledger, LedgerReading reading, TimeProvider clock)
{
    /// <summary>A drawn number may be taken: then another is drawn.</summary>
    internal const int Draws = 5;

    private const string InsertTicket = """
        insert into pts_ticket(bucket, id, citizen, issuer, amount, office, number, issued_on, last_on, hand_in_until, shop_group, state)
        values (@TicketBucket, @TicketId, @TicketCitizen, @TicketIssuer, @TicketAmount, @TicketOffice, @TicketNumber, @TicketIssued, @TicketLast, @TicketHandIn, @TicketGroup, 'issued')
        """;

    internal const string InsertNumber = """
        insert into pts_ticket_number(bucket, number, ticket, request, made_ms)
        values (@TicketBucket, @TicketNumber, @TicketId, @TicketRequest, @TicketMs) on conflict do nothing
        """;

    /// <summary>The shopping street that tickets of an issuer are good in, when an office gives them out: its own, where the municipality has so decided (K-11).</summary>
    /// <returns>Null: the whole municipality; or <c>ticket_street_missing</c>.</returns>
    public async Task<Result<ShopGroupId?>> StreetOf(MunicipalityCode issuer, Acceptor office)
    {
        if ((await settings.View()).Get("ticket.scope", new SettingScope(Issuer: issuer), clock.NowMs()).Text != "shop_group") return (ShopGroupId?)null;
        return office.Group is { } group ? group : Refusal.Of("ticket_street_missing");
    }

    /// <param name="transfer">Allowed already.</param>
    /// <param name="street">As <see cref="StreetOf"/> says.</param>
    public async Task<Result<IssuedTicket>> Post(Transfer transfer, ShopGroupId? street, CancellationToken stop)
    {
        var bucket = ledger.BucketOf(transfer);
        var (view, scope, now) = (await settings.View(), new SettingScope(Issuer: transfer.From.Issuer), clock.NowMs());
        var (days, handIn) = (view.Get("ticket.valid_days", scope, now), view.Get("ticket.hand_in_days", scope, now));
        var no = await numbers.OfIssuer(transfer.From.Issuer, stop);
        Result<Posted> posted = Refusal.Of("busy");
        for (var draw = 0; draw < Draws && posted.Refused?.Code == "busy"; draw++)
        {
            var number = TicketNumber.Draw(no, bucket, ledger.Buckets).ToString();
            posted = await ledger.Post(transfer with
            {
                Settings = $"{transfer.Settings};{days.Pair};{handIn.Pair}",
                Companions = [.. transfer.Companions, Ticket(transfer, number, street, ((int)days.Number, (int)handIn.Number)), Number(transfer, bucket, number)],
            });
        }
        if (posted.Refused is { } refusal) return refusal;
        await EndWithItsPoints(transfer, bucket, (int)handIn.Number, stop);
        var ticket = Must.Have(await find.Get(bucket, transfer.Id, stop), "a ticket that was issued has its row");
        return new IssuedTicket(ticket, posted.Value, posted.Value.Repeated);
    }

    /// <summary>A ticket never outlives the points in it: they keep their dates, and its last day is printed.</summary>
    private async Task EndWithItsPoints(Transfer transfer, int bucket, int handInDays, CancellationToken stop)
    {
        if (await reading.TicketLastDay(transfer.Citizen!.Value, transfer.Id) is not { } last) return;
        await database.Write(tx => tx.Connection.ExecuteAsync(
            "update pts_ticket set last_on = @last, hand_in_until = @handIn where bucket = @bucket and id = @Id and last_on > @last and state = 'issued'",
            new { bucket, transfer.Id, last, handIn = last.AddDays(handInDays) }, tx.Handle), stop);
    }

    private Companion Ticket(Transfer transfer, string number, ShopGroupId? street, (int Valid, int HandIn) days)
    {
        var today = clock.Today();
        var last = today.AddDays(days.Valid - 1);
        return new Companion(InsertTicket,
        [
            ("TicketBucket", ledger.BucketOf(transfer)), ("TicketId", transfer.Id), ("TicketCitizen", transfer.Citizen!.Value), ("TicketIssuer", transfer.From.Issuer.Value),
            ("TicketAmount", transfer.Amount.Value), ("TicketOffice", transfer.Acceptor!.Value), ("TicketNumber", number), ("TicketGroup", street),
            ("TicketIssued", today.ToNumber()), ("TicketLast", last.ToNumber()), ("TicketHandIn", last.AddDays(days.HandIn).ToNumber()),
        ], 1, Refusal.Of("busy"));
    }

    private Companion Number(Transfer transfer, int bucket, string number) => new(InsertNumber,
        [("TicketBucket", bucket), ("TicketNumber", number), ("TicketId", transfer.Id), ("TicketRequest", transfer.Id), ("TicketMs", clock.NowMs())], 1, Refusal.Of("busy"));
}
