using System.Globalization;
using System.Text.Json;
using Dapper;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Partners;

/// <summary>A partner as it is asked for; the same again changes nothing.</summary>
/// <param name="Category"><c>card</c>, <c>airline</c>, <c>retail</c>, <c>bank</c> or <c>utility</c>.</param>
/// <param name="Contact">Address of the page where its members ask, https.</param>
/// <param name="Landing">Address of its page about the exchange, https.</param>
/// <param name="From">First day in the lists; <paramref name="Until"/> the last, or null.</param>
public sealed record WantedPartner(string Name, string Kana, string Category, string Contact, string Landing, DateOnly From, DateOnly? Until = null);

/// <param name="Mode"><c>id_link</c>, <c>coupon_paper</c>, <c>coupon_mail</c> or <c>coupon_url</c>.</param>
/// <param name="From">Names the row: the same day again changes its last day.</param>
public sealed record WantedMode(string Mode, DateOnly From, DateOnly? Until = null);

/// <summary>What is agreed from a day on (S2-P12b).</summary>
/// <param name="PartnerPoints">So many of the partner's points are <paramref name="MunicipalPoints"/>.</param>
/// <param name="Most">At one exchange; null: as much as one likes.</param>
/// <param name="Opens">Minute of the day, 0 to 1439; <paramref name="Closes"/> the first minute that is too late, up to 1440.</param>
public sealed record WantedTerms(DateOnly From, int PartnerPoints, int MunicipalPoints, long Unit, long Minimum, long? Most = null, int Opens = 0, int Closes = AcceptanceHours.MinutesOfDay);

/// <param name="From">Names the row: the same day again changes the others.</param>
public sealed record WantedCampaign(DateOnly From, DateOnly Until, int PartnerPoints, int MunicipalPoints);

/// <summary>
/// The operators keep the partners: whoever comes is added (S0-5006), and what changes, changes from a day on. Value depends on it, so the one-time
/// password is asked again, and two operators make terms and campaigns (V-D3).
/// </summary>
public sealed class ChangePartner(PartnerCache partners, ProposeChange propose, OperationLog log, TimeProvider clock)
{
    public const int LongestName = 40, LongestAddress = 200;

    private const string Insert = """
        insert into pts_partner(id, stable_key, name, kana, category, contact, landing, from_day, until_day)
        values (@Id, @Key, @Name, @Kana, @Category, @Contact, @Landing, @From, @Until)
        on conflict (stable_key) do update set name = @Name, kana = @Kana, category = @Category, contact = @Contact, landing = @Landing, from_day = @From, until_day = @Until
        """;

    private const string SetMode = """
        insert into pts_partner_mode(partner, mode, from_day, until_day) values (@Id, @Mode, @From, @Until)
        on conflict (partner, mode, from_day) do update set until_day = @Until
        """;

    private const string SetTerms = """
        insert into pts_partner_terms(partner, from_day, partner_points, municipal_points, unit, minimum, most, opens_minute, closes_minute)
        values (@Id, @From, @PartnerPoints, @MunicipalPoints, @Unit, @Minimum, @Most, @Opens, @Closes)
        on conflict (partner, from_day) do update set partner_points = @PartnerPoints, municipal_points = @MunicipalPoints, unit = @Unit, minimum = @Minimum,
          most = @Most, opens_minute = @Opens, closes_minute = @Closes
        """;

    private const string SetCampaign = """
        insert into pts_partner_campaign(partner, from_day, until_day, partner_points, municipal_points) values (@Id, @From, @Until, @PartnerPoints, @MunicipalPoints)
        on conflict (partner, from_day) do update set until_day = @Until, partner_points = @PartnerPoints, municipal_points = @MunicipalPoints
        """;

    /// <param name="key">2 to 32 small letters, digits and hyphens; it stays.</param>
    /// <returns>
    /// The partner; <c>role_forbidden</c>, <c>confirm_required</c>, <c>number_format</c> (field) for the key, <c>field_required</c> (field), <c>too_large</c>,
    /// <c>address_format</c> (field), <c>out_of_period</c> (from, until), and what free text is refused for.
    /// </returns>
    public async Task<Result<Partner>> Run(StaffAtWork work, string key, WantedPartner wanted, CancellationToken stop = default)
    {
        if (May(work) is { } forbidden) return forbidden;
        // "new" is the address of the form.
        if (key is "new" || key.Length is < 2 or > 32 || !key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')) return Refusal.Of("number_format", ("field", "key"));
        var (name, kana) = (NameText.Read("name", wanted.Name, LongestName), NameText.Read("kana", wanted.Kana, LongestName));
        if ((name.Refused ?? kana.Refused) is { } noName) return noName;
        if (Words<PartnerCategory>.Find(wanted.Category ?? "") is not { } category) return Refusal.Of("field_required", ("field", "category"));
        if ((Address("contact", wanted.Contact) ?? Address("landing", wanted.Landing)) is { } noAddress) return noAddress;
        if (wanted.Until < wanted.From) return Periods.Outside(wanted.From, wanted.Until.Value);
        var before = (await partners.View()).Find(key);
        var id = before?.Id ?? Ids.New<PartnerId>(clock);
        var after = new Partner(id, key, name.Value, kana.Value, category, wanted.Contact.Trim(), wanted.Landing.Trim(), wanted.From, wanted.Until);
        if (before is not null && before with { Modes = [], Terms = [], Campaigns = [], Sites = [] } == after) return before;
        return await Write(work, id, new Change("partner.changed", before is null ? null : Short(before), Short(after)), tx => tx.Connection.ExecuteAsync(Insert, new
        {
            after.Id, after.Key, after.Name, after.Kana, Category = Words<PartnerCategory>.Of(category), after.Contact, after.Landing, after.From, after.Until,
        }, tx.Handle), stop);
    }

    /// <summary>A way to exchange from a day on; a day again changes its end (S2-P11e).</summary>
    /// <returns>As <see cref="Run"/>; <c>not_found</c> for the partner, <c>field_unknown</c> (field) for what is no way.</returns>
    public async Task<Result<Partner>> Mode(StaffAtWork work, string key, WantedMode wanted, CancellationToken stop = default)
    {
        if (Words<ExchangeMode>.Find(wanted.Mode ?? "") is not { } mode) return Refusal.Of("field_unknown", ("field", "mode"));
        if (wanted.Until < wanted.From) return Periods.Outside(wanted.From, wanted.Until.Value);
        if (May(work) is { } forbidden) return forbidden;
        var found = await Dated(key, wanted.From, p => p.Modes.Where(m => m.Mode == mode).Select(m => m.From), endsOnly: true);
        if (found.Refused is { } no) return no;
        return await Write(work, found.Value.Id, new Change("partner.mode_set", null, $"{key} {wanted.Mode} {Span(wanted.From, wanted.Until)}"),
            tx => tx.Connection.ExecuteAsync(SetMode, new { found.Value.Id, wanted.Mode, wanted.From, wanted.Until }, tx.Handle), stop);
    }

    /// <returns>As <see cref="Run"/> and <see cref="ProposeChange.Run"/>; <c>not_found</c> for the partner, <c>number_format</c> (field) for what can't be agreed.</returns>
    public async Task<Result<Asked<Partner>>> Terms(StaffAtWork work, string key, WantedTerms wanted, CancellationToken stop = default) =>
        May(work) is { } forbidden ? forbidden : await Ask(work, key, await Ready(key, wanted), smaller: false, stop);

    /// <summary>One that only ends earlier ends at once.</summary>
    /// <returns>As <see cref="Run"/> and <see cref="ProposeChange.Run"/>; <c>not_found</c> for the partner, <c>number_format</c> (field) for the rate.</returns>
    public async Task<Result<Asked<Partner>>> Campaign(StaffAtWork work, string key, WantedCampaign wanted, CancellationToken stop = default)
    {
        if (May(work) is { } forbidden) return forbidden;
        var before = (await partners.View()).Find(key)?.Campaigns.FirstOrDefault(c => c.From == wanted.From);
        var smaller = before is not null && wanted.Until <= before.Until && new ExchangeRate(wanted.PartnerPoints, wanted.MunicipalPoints) == before.Rate;
        return await Ask(work, key, await Ready(key, wanted), smaller, stop);
    }

    /// <summary>Terms by the rules of today.</summary>
    internal async Task<Result<ReadyChange>> Ready(string key, WantedTerms wanted)
    {
        if (Rate(wanted.PartnerPoints, wanted.MunicipalPoints) is { } noRate) return noRate;
        if (wanted.Unit is < 1 or > Points.Max) return Refusal.Of("number_format", ("field", "unit"));
        if (wanted.Minimum < 1 || wanted.Minimum > Points.Max || wanted.Minimum % wanted.Unit != 0) return Refusal.Of("number_format", ("field", "minimum"));
        if (wanted.Most is { } most && (most < wanted.Minimum || most > Points.Max)) return Refusal.Of("number_format", ("field", "most"));
        // What everybody exchanges, the smallest unit, has to come out even: nobody loses a fraction.
        if (wanted.Unit * wanted.MunicipalPoints % wanted.PartnerPoints != 0) return Refusal.Of("number_format", ("field", "unit"));
        if (wanted.Opens < 0 || wanted.Opens >= wanted.Closes || wanted.Closes > AcceptanceHours.MinutesOfDay) return Refusal.Of("number_format", ("field", "hours"));
        var found = await Dated(key, wanted.From, p => p.Terms.Select(t => t.From), endsOnly: false);
        if (found.Refused is { } no) return no;
        var row = new { found.Value.Id, wanted.From, wanted.PartnerPoints, wanted.MunicipalPoints, wanted.Unit, wanted.Minimum, wanted.Most, wanted.Opens, wanted.Closes };
        var line = $"{key} from {Iso(wanted.From)} {wanted.PartnerPoints}:{wanted.MunicipalPoints} {wanted.Unit} {wanted.Minimum} {wanted.Most?.ToString(CultureInfo.InvariantCulture) ?? "-"} {wanted.Opens} {wanted.Closes}";
        return Ready(new ProposalDraft(ProposalKind.PartnerTerms, key, Iso(wanted.From), JsonSerializer.Serialize(wanted)), async (tx, by) =>
        {
            await tx.Connection.ExecuteAsync(SetTerms, row, tx.Handle);
            await log.Write(tx, new Operation("partner.terms_set", by, found.Value.Id.Value, After: line));
        });
    }

    /// <summary>A campaign by the rules of today.</summary>
    internal async Task<Result<ReadyChange>> Ready(string key, WantedCampaign wanted)
    {
        if (Rate(wanted.PartnerPoints, wanted.MunicipalPoints) is { } noRate) return noRate;
        if (wanted.Until < wanted.From || wanted.Until < clock.Today()) return Periods.Outside(wanted.From, wanted.Until);
        var found = await Dated(key, wanted.From, p => p.Campaigns.Select(c => c.From), endsOnly: true);
        if (found.Refused is { } no) return no;
        var row = new { found.Value.Id, wanted.From, wanted.Until, wanted.PartnerPoints, wanted.MunicipalPoints };
        return Ready(new ProposalDraft(ProposalKind.PartnerCampaign, key, Iso(wanted.From), JsonSerializer.Serialize(wanted)), async (tx, by) =>
        {
            await tx.Connection.ExecuteAsync(SetCampaign, row, tx.Handle);
            await log.Write(tx, new Operation("partner.campaign_set", by, found.Value.Id.Value, After: $"{key} {Span(wanted.From, wanted.Until)} {wanted.PartnerPoints}:{wanted.MunicipalPoints}"));
        });
    }

    /// <summary>The partner of a dated row. What has been in force stays as it was: a new row begins today at the earliest, but for a partner's first.</summary>
    /// <param name="endsOnly">A day again changes the row's end, whenever it began.</param>
    private async Task<Result<Partner>> Dated(string key, DateOnly from, Func<Partner, IEnumerable<DateOnly>> days, bool endsOnly)
    {
        if ((await partners.View()).Find(key) is not { } partner) return Refusal.Of("not_found");
        var known = days(partner).ToList();
        if (from < clock.Today() && known.Count > 0 && !(endsOnly && known.Contains(from))) return Refusal.Of("out_of_period", ("from", "きょう"), ("until", "先の日"));
        return partner;
    }

    private async Task<Result<Asked<Partner>>> Ask(StaffAtWork work, string key, Result<ReadyChange> ready, bool smaller, CancellationToken stop)
    {
        if (ready.Refused is { } unfit) return unfit;
        var asked = await propose.Run(work, ready.Value, smaller, stop);
        return asked.Refused is { } no ? no : new Asked<Partner>(Must.Have((await partners.View()).Find(key), "a partner that was asked about is there"), asked.Value.Id);
    }

    private ReadyChange Ready(ProposalDraft draft, Func<Transaction, Actor, Task> write) => new(draft, write, partners.Drop);

    private Task<Result<Partner>> Write(StaffAtWork work, PartnerId id, Change change, Func<Transaction, Task> write, CancellationToken stop) => partners.Change(id, async tx =>
    {
        await write(tx);
        await log.Write(tx, new Operation(change.Action, work.Actor, id.Value, Before: change.Before, After: change.After));
        return null;
    }, stop);

    private Refusal? May(StaffAtWork work) => work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused;

    private static Refusal? Rate(int partner, int municipal) =>
        partner is < 1 or > ExchangeRate.Most || municipal is < 1 or > ExchangeRate.Most ? Refusal.Of("number_format", ("field", "rate")) : null;

    private static Refusal? Address(string field, string? typed) =>
        string.IsNullOrWhiteSpace(typed) ? Refusal.Of("field_required", ("field", field))
        : typed.Trim().Length > LongestAddress ? Refusal.Of("too_large")
        : Uri.TryCreate(typed.Trim(), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps ? null
        : Refusal.Of("address_format", ("field", field));

    private static string Span(DateOnly from, DateOnly? until) => $"{from:yyyy-MM-dd} to {until?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-"}";

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Short(Partner p) => $"{p.Key} {Words<PartnerCategory>.Of(p.Category)} {Span(p.From, p.Until)} {p.Name}";

    private sealed record Change(string Action, string? Before, string? After);
}
