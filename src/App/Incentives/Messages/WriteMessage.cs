using Dapper;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;
using MyKey.Kernel.Settings;

namespace MyKey.App.Messages;

/// <param name="Id">Made by the caller.</param>
public sealed record WantedMessage(Guid Id, ProgrammeId Programme, string? Audience, string? Text);

/// <summary>
/// An officer tells those who applied to a programme. To more people than a dated setting says, it waits until another one has read it (V-D3). Whom it goes to is fixed in the transaction that sends
/// it, each person once, by his latest application; nobody is shown who they are.
/// </summary>
public sealed class WriteMessage(Database database, OfficeOffers offers, FindMessages find, Settings settings, OperationLog log, Site site, TimeProvider clock)
{
    private const string Insert = """
        insert into inc_message(id, programme, municipality, audience, body, state, people, written_by, written_ms)
        values (@Id, @Programme, @Municipality, @Audience, @Body, 'waiting', 0, @By, @WrittenMs) on conflict do nothing
        """;

    // The latest application of each person, where it stands as asked for.
    private const string Wanted = """
        from inc_application a where a.programme = @Programme
          and not exists (select 1 from inc_application b where b.programme = a.programme and b.citizen = a.citizen and (b.made_ms > a.made_ms or b.made_ms = a.made_ms and b.id > a.id))
          and (@Audience = 'all' or @Audience = 'waiting' and a.state in ('waiting', 'approving') or @Audience = 'granted' and a.state = 'granted' or @Audience = 'rejected' and a.state = 'rejected'
            or @Audience = 'unclaimed' and a.state = 'granted' and exists (select 1 from inc_entitlement e where e.citizen = a.citizen and e.id = a.id)
              and not exists (select 1 from inc_claim c where c.citizen = a.citizen and c.entitlement = a.id and c.state not in ('refused', 'ended')))
        """;

    private const string Count = $"select count(*) {Wanted}";

    private const string Send = $"insert into inc_message_to(citizen, message, application, sent_ms) select a.citizen, @Id, a.id, @Now {Wanted} on conflict do nothing";

    private const string Sent = "update inc_message set state = 'sent', people = @People, sent_ms = @Now where id = @Id and state = 'waiting'";

    /// <returns>
    /// The message, sent or waiting; the same again as it stands. <c>role_forbidden</c>, <c>not_found</c>, also for a draft, <c>field_required</c>, <c>field_unknown</c> (field), <c>too_large</c>,
    /// <c>my_number_refused</c>, <c>pan_refused</c>, <c>link_forbidden</c>, <c>nobody_to_tell</c>, <c>id_reused</c>.
    /// </returns>
    public async Task<Result<Message>> Run(StaffAtWork work, WantedMessage wanted, CancellationToken stop = default)
    {
        var read = await Read(work, wanted, stop);
        if (read.Refused is { } no) return no;
        var message = read.Value;
        var most = (await settings.View()).Number("message.four_eyes_above", new SettingScope(Issuer: work.Office.Code), clock.NowMs());
        return await database.WriteOrRefuse<Message>(async tx =>
        {
            var rows = await tx.Connection.ExecuteAsync(Insert, new { message.Id, message.Programme, message.Municipality, Audience = Words<Audience>.Of(message.Audience), message.Body, message.By, message.WrittenMs }, tx.Handle);
            if (rows == 0) return Again(await Locked(tx, message.Id), message);
            var people = await tx.Connection.ExecuteScalarAsync<long>(Count, Values(message), tx.Handle);
            if (people == 0) return Refusal.Of("nobody_to_tell");
            var written = message with { People = people };
            if (people <= most) written = await Out(tx, written);
            else await tx.Connection.ExecuteAsync("update inc_message set people = @people where id = @Id", new { people, message.Id }, tx.Handle);
            await log.Write(tx, new Operation("message.written", work.Actor, message.Id, After: $"{message.Programme.Value} {Words<Audience>.Of(message.Audience)} {written.People} {Words<MessageState>.Of(written.State)}"));
            return written;
        }, stop);
    }

    /// <returns>The sent message; <c>role_forbidden</c>, <c>confirm_required</c>, <c>not_found</c> when it does not wait, <c>four_eyes</c>, <c>nobody_to_tell</c>.</returns>
    public async Task<Result<Message>> Approve(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if (work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        if (ConfirmTotp.Require(work.Session, clock).Refused is { } again) return again;
        return await database.WriteOrRefuse<Message>(async tx =>
        {
            if (await Locked(tx, id) is not { } found || found.Municipality != work.Office.Code || found.State == MessageState.Withdrawn) return Refusal.Of("not_found");
            if (found.State == MessageState.Sent) return found;
            if (found.By == work.Member.Id) return Refusal.Of("four_eyes");
            var sent = await Out(tx, found);
            if (sent.People == 0) return Refusal.Of("nobody_to_tell");
            await log.Write(tx, new Operation("message.approved", work.Actor, id, Before: "waiting", After: $"{sent.People}"));
            return sent;
        }, stop);
    }

    /// <returns>The message; <c>role_forbidden</c>, <c>not_found</c> when it does not wait.</returns>
    public async Task<Result<Message>> Withdraw(StaffAtWork work, Guid id, CancellationToken stop = default)
    {
        if (!work.Require(Role.Officer).Ok && work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        return await database.WriteOrRefuse<Message>(async tx =>
        {
            if (await Locked(tx, id) is not { } found || found.Municipality != work.Office.Code || found.State == MessageState.Sent) return Refusal.Of("not_found");
            if (found.State == MessageState.Withdrawn) return found;
            await tx.Connection.ExecuteAsync("update inc_message set state = 'withdrawn' where id = @id and state = 'waiting'", new { id }, tx.Handle);
            await log.Write(tx, new Operation("message.withdrawn", work.Actor, id, Before: "waiting"));
            return found with { State = MessageState.Withdrawn };
        }, stop);
    }

    private async Task<Result<Message>> Read(StaffAtWork work, WantedMessage wanted, CancellationToken stop)
    {
        var offer = await offers.One(work, wanted.Programme, stop);
        if (offer.Refused is { } no) return no;
        if (offer.Value.State == OfferState.Draft) return Refusal.Of("not_found");
        if (Words<Audience>.Find(wanted.Audience ?? "") is not { } audience) return Refusal.Of(string.IsNullOrEmpty(wanted.Audience) ? "field_required" : "field_unknown", ("field", "audience"));
        var text = MessageText.Read(wanted.Text, site.Host);
        return text.Refused is { } unreadable ? unreadable : new Message(wanted.Id, wanted.Programme, work.Office.Code, audience, text.Value, MessageState.Waiting, 0, work.Member.Id, clock.NowMs(), null);
    }

    private async Task<Message> Out(Transaction tx, Message message)
    {
        var people = await tx.Connection.ExecuteAsync(Send, Values(message), tx.Handle);
        await tx.Connection.ExecuteAsync(Sent, new { message.Id, People = people, Now = clock.NowMs() }, tx.Handle);
        return message with { State = MessageState.Sent, People = people, SentMs = clock.NowMs() };
    }

    private object Values(Message message) => new { message.Id, message.Programme, Audience = Words<Audience>.Of(message.Audience), Now = clock.NowMs() };

    private static async Task<Message?> Locked(Transaction tx, Guid id)
    {
        await tx.Connection.ExecuteAsync("update inc_message set state = state where id = @id", new { id }, tx.Handle);
        return (await tx.Connection.QuerySingleOrDefaultAsync<MessageRow>($"{MessageRow.All} where id = @id", new { id }, tx.Handle))?.Read();
    }

    private static Result<Message> Again(Message? there, Message wanted) =>
        there is not null && there.Programme == wanted.Programme && there.Audience == wanted.Audience && there.Body == wanted.Body ? there : Refusal.Of("id_reused");

    /// <summary>How many it would go to now, for the page before it is sent.</summary>
    public async Task<Result<long>> Reach(StaffAtWork work, WantedMessage wanted, CancellationToken stop = default)
    {
        var read = await Read(work, wanted, stop);
        if (read.Refused is { } no) return no;
        if (await find.One(wanted.Id, stop) is { } known) return known.People;
        await using var connection = await database.Open(stop);
        return await connection.ExecuteScalarAsync<long>(Count, Values(read.Value));
    }
}
