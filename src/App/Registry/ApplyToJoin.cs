using Dapper;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>A municipality asks to join, at any time (S2-P15b). Anybody can send this; an operator calls the office back at its public number before anything follows.</summary>
public sealed class ApplyToJoin(Database database, OperationLog log, RegistryCache registry, TimeProvider clock)
{
    /// <summary>How far ahead a beginning may be wished.</summary>
    public const int MostYears = 3;

    private const string Insert = """
        insert into reg_join_application(id, municipality, telephone, mailbox, wished_day, wanted, state, made_ms) values (@Id, @Municipality, @Phone, @Mailbox, @WishedOn, @Wanted, 'applied', @Now)
        on conflict do nothing
        """;

    /// <returns>
    /// The application; <c>field_required</c> (municipality, phone, wishedOn, wanted), <c>field_unknown</c> (field), <c>number_format</c>, <c>municipality_unknown</c> (also a ward of a designated city),
    /// <c>ambiguous_name</c> (name), <c>phone_format</c>, <c>mail_format</c>, <c>out_of_period</c> (from, until), <c>already_member</c>, <c>join_waiting</c> when another application waits, <c>id_reused</c>.
    /// </returns>
    public async Task<Result<JoinApplication>> Run(WantedJoin wanted, Actor by, CancellationToken stop = default)
    {
        var read = await Read(wanted);
        if (read.Refused is { } no) return no;
        var application = read.Value;
        return await database.WriteOrRefuse<JoinApplication>(async tx =>
        {
            if (await Find(tx, application.Id) is { } again) return Same(again, application) ? again : Refusal.Of("id_reused");
            if (await RegistryCache.Find(tx, application.Municipality) is { } now && now.IsMemberOn(DateOnly.MaxValue)) return Refusal.Of("already_member");
            var rows = await tx.Connection.ExecuteAsync(Insert, new
            {
                application.Id, application.Municipality, application.Phone, application.Mailbox, application.WishedOn, Wanted = string.Join(' ', application.Wanted.Select(k => k.Code)), Now = application.MadeMs,
            }, tx.Handle);
            if (rows == 0) return Refusal.Of("join_waiting");
            await log.Write(tx, new Operation("membership.asked", by, application.Id, After: application.Municipality.Value));
            return application;
        }, stop);
    }

    private async Task<Result<JoinApplication>> Read(WantedJoin wanted)
    {
        var typed = Typed.HalfWidth(wanted.Municipality);
        if (typed.Length == 0) return Refusal.Of("field_required", ("field", "municipality"));
        var view = await registry.View();
        var found = typed.All(char.IsAsciiDigit) ? view.Resolve(typed, "", "") : view.Resolve("", "", wanted.Municipality!.Trim());
        if (found.Refused is { } unknown) return unknown;
        if (found.Value.Kind == MunicipalityKind.Ward) return Refusal.Of("municipality_unknown");
        var phone = PhoneText.Read(Typed.HalfWidth(wanted.Phone));
        if (phone.Refused is { } number) return number;
        if (phone.Value.Length == 0) return Refusal.Of("field_required", ("field", "phone"));
        var mailbox = string.IsNullOrWhiteSpace(wanted.Mailbox) ? "" : Mailbox.Read(wanted.Mailbox).Then<string>(m => m.Value);
        if (mailbox.Refused is { } form) return form;
        if (wanted.WishedOn is not { } day) return Refusal.Of("field_required", ("field", "wishedOn"));
        var (today, last) = (clock.Today(), clock.Today().AddYears(MostYears));
        if (day < today || day > last) return Refusal.Of("out_of_period", ("from", Shared.Components.Words.Day(today)), ("until", Shared.Components.Words.Day(last)));
        if (wanted.Wanted is not { Count: > 0 }) return Refusal.Of("field_required", ("field", "wanted"));
        var kinds = wanted.Wanted.Distinct().Select(CapabilityKind.Find).ToList();
        if (kinds.FirstOrDefault(k => !k.Ok).Refused is { } kind) return kind;
        return new JoinApplication(wanted.Id, found.Value.Code, phone.Value, mailbox.Value, day, [.. CapabilityKind.All.Where(k => kinds.Any(w => w.Value == k))], JoinState.Applied, clock.NowMs());
    }

    private static async Task<JoinApplication?> Find(Transaction tx, Guid id) => (await tx.Connection.QuerySingleOrDefaultAsync<JoinRow>(JoinRow.ById, new { id }, tx.Handle))?.Read();

    private static bool Same(JoinApplication a, JoinApplication b) =>
        (a.Municipality, a.Phone, a.Mailbox, a.WishedOn) == (b.Municipality, b.Phone, b.Mailbox, b.WishedOn) && a.Wanted.SequenceEqual(b.Wanted);
}
