using System.Text;
using System.Text.Json;
using Dapper;
using MyKey.App.PartnerLinks;
using MyKey.App.Proposals;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Keys;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.PaymentServices;

/// <summary>A payment service as it is asked for.</summary>
/// <param name="Id">Made by the caller: the same again changes it.</param>
/// <param name="ClientId">What we are called there, 1 to 100 characters.</param>
/// <param name="ClientSecret">24 to 200 characters, kept wrapped and never shown again; empty: as it was.</param>
public sealed record WantedPaymentService(Guid Id, string? Name, PointsUse? Use, string? Contact, string? Page, bool Counter, string? Api, string? ClientId, string? ClientSecret, bool On)
{
    public PaymentServiceId Service => new(Id);
}

/// <summary>Payment services are set by those who run the platform. Whoever sets an address directs points, so the one-time password is asked again, and it takes two of them (V-D3).</summary>
public sealed class SavePaymentService(FindPaymentServices services, PartnerAddresses addresses, ProposeChange propose, OlderSecrets older, Kek kek, OperationLog log, TimeProvider clock)
{
    public const int LongestName = 40, LongestContact = 100;

    /// <summary>As long as the Standard Webhooks want a secret that signs.</summary>
    public const int ShortestSecret = 24;

    // Stands for a secret that stays as it was.
    private const string Kept = "kept-as-it-was-before-now";

    private const string Upsert = """
        insert into inc_payment_service(id, name, points_use, contact, page_url, counter, api_url, client_id, secret, older_client_id, older_secret, older_until_ms, state)
        values (@Id, @Name, @Use, @Contact, @Page, @Counter, @Api, @ClientId, @Secret, @OlderClientId, @OlderSecret, @OlderUntilMs, @State)
        on conflict(id) do update set name = excluded.name, points_use = excluded.points_use, contact = excluded.contact, page_url = excluded.page_url, counter = excluded.counter,
          api_url = excluded.api_url, client_id = excluded.client_id, secret = excluded.secret, older_client_id = excluded.older_client_id,
          older_secret = excluded.older_secret, older_until_ms = excluded.older_until_ms, state = excluded.state
        """;

    /// <summary>To switch it off holds at once.</summary>
    /// <returns>
    /// It, or what waits; <c>role_forbidden</c>, <c>confirm_required</c>, <c>field_required</c> (field), <c>too_large</c>, <c>address_format</c> (field), <c>number_format</c> (field) for a
    /// name or secret that is no printable ASCII or too short, what free text is refused for, and as <see cref="ProposeChange.Run"/>.
    /// </returns>
    public async Task<Result<Asked<PaymentService>>> Run(StaffAtWork work, WantedPaymentService wanted, CancellationToken stop = default)
    {
        if ((work.Require(Role.Operator).Refused ?? ConfirmTotp.Require(work.Session, clock).Refused) is { } forbidden) return forbidden;
        var before = await services.Find(wanted.Service, stop);
        var typed = string.IsNullOrEmpty(wanted.ClientSecret) ? null : wanted.ClientSecret;
        if (PartnerAddresses.Named(wanted.ClientId, typed ?? (before is null ? null : Kept)) is { } unreadable) return unreadable;
        if (typed?.Length < ShortestSecret) return Refusal.Of("number_format", ("field", "clientSecret"));
        var secret = typed is null ? null : (await kek.Wrap(Encoding.ASCII.GetBytes(typed), FindPaymentServices.Owner(wanted.Service), stop)).Wrapped;
        var read = Read(wanted);
        if (read.Refused is { } unfit) return unfit;
        var after = read.Value;
        var smaller = before is not null && secret is null && before with { State = PaymentServiceState.Off } == after;
        var asked = await propose.Run(work, Ready(wanted, before, after, secret), smaller, stop);
        return asked.Refused is { } no ? no : new Asked<PaymentService>(after, asked.Value.Id);
    }

    /// <summary>A service by the rules of today.</summary>
    internal async Task<Result<ReadyChange>> Ready(WantedPaymentService wanted, byte[]? secret, CancellationToken stop)
    {
        var before = await services.Find(wanted.Service, stop);
        if (before is null && secret is null) return Refusal.Of("not_found");
        var read = Read(wanted);
        return read.Refused is { } no ? no : Ready(wanted, before, read.Value, secret);
    }

    private Result<PaymentService> Read(WantedPaymentService wanted)
    {
        var (name, contact) = (NameText.Read("name", wanted.Name, LongestName), NameText.Read("contact", wanted.Contact, LongestContact));
        if ((name.Refused ?? contact.Refused) is { } unnamed) return unnamed;
        if (wanted.Use is not { } use) return Refusal.Of("field_required", ("field", "use"));
        var (page, api) = (addresses.Read("page", wanted.Page), addresses.Read("api", wanted.Api));
        if ((page.Refused ?? api.Refused) is { } noAddress) return noAddress;
        return new PaymentService(wanted.Service, name.Value, use, contact.Value, page.Value, wanted.Counter, api.Value, wanted.ClientId!, wanted.On ? PaymentServiceState.On : PaymentServiceState.Off);
    }

    private ReadyChange Ready(WantedPaymentService wanted, PaymentService? known, PaymentService after, byte[]? secret)
    {
        var draft = new ProposalDraft(ProposalKind.PaymentService, wanted.Id.ToString(), "", JsonSerializer.Serialize(wanted with { ClientSecret = "" }),
            secret is null ? null : new WrappedSecret(secret, FindPaymentServices.Owner(wanted.Service)));
        return new ReadyChange(draft, async (tx, by) =>
        {
            var was = await tx.Connection.QuerySingleOrDefaultAsync<KeptRow>("select client_id, secret, older_client_id, older_secret, older_until_ms from inc_payment_service where id = @Id", new { after.Id }, tx.Handle);
            // What was in force counts on for the hours that are set; a change that brings no new secret leaves the hours as they are.
            var (olderName, olderSecret, until) = secret is null || was is null ? (was?.OlderClientId, was?.OlderSecret, was?.OlderUntilMs) : (was.ClientId, was.Secret, (long?)clock.NowMs() + await older.OverlapMs());
            await tx.Connection.ExecuteAsync(Upsert, new
            {
                after.Id, after.Name, Use = Words<PointsUse>.Of(after.Use), after.Contact, Page = after.Page.OriginalString, Counter = after.Counter ? 1 : 0, Api = after.Api.OriginalString, after.ClientId,
                Secret = secret ?? Must.Have(was?.Secret, "a payment service without a new secret has one"), OlderClientId = olderName, OlderSecret = olderSecret, OlderUntilMs = until,
                State = Words<PaymentServiceState>.Of(after.State),
            }, tx.Handle);
            await log.Write(tx, new Operation("payment_service.saved", by, after.Id.Value, Before: known is null ? null : InShort(known), After: InShort(after)));
        }, () => { });
    }

    private sealed class KeptRow
    {
        public string ClientId { get; init; } = "";
        public byte[] Secret { get; init; } = [];
        public string? OlderClientId { get; init; }
        public byte[]? OlderSecret { get; init; }
        public long? OlderUntilMs { get; init; }
    }

    private static string InShort(PaymentService s) =>
        $"{Words<PointsUse>.Of(s.Use)} {(s.Counter ? "counter" : "no counter")} {s.Page.Host} {s.Api.Host} {s.ClientId} {Words<PaymentServiceState>.Of(s.State)} {s.Name}";
}

/// <summary>A payment service that waits for another operator of the platform. Of the secret it is told only whether there is a new one.</summary>
public sealed class PaymentServiceProposed(SavePaymentService save, FindPaymentServices services) : IProposed
{
    public ProposalKind Kind => ProposalKind.PaymentService;

    public string SecretOwner(Proposal proposal) => FindPaymentServices.Owner(Read(proposal).Service);

    public Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop) => save.Ready(Read(proposal), proposal.Secret, stop);

    public async Task<ProposalView> Show(Proposal proposal, CancellationToken stop)
    {
        var wanted = Read(proposal);
        var before = await services.Find(wanted.Service, stop);
        return new($"決済サービス {wanted.Name}", $"/operator/payment-services/{wanted.Id}",
        [
            new("名前", before?.Name, wanted.Name ?? ""),
            new("ポイントの使い方", before is null ? null : PaymentService.Word(before.Use), wanted.Use is { } use ? PaymentService.Word(use) : ""),
            new("問い合わせ先", before?.Contact, wanted.Contact ?? ""),
            new("サービスのページ", before?.Page.OriginalString, wanted.Page?.Trim() ?? ""),
            new("窓口での手続き", before is null ? null : Can(before.Counter), Can(wanted.Counter)),
            new("アドレス", before?.Api.OriginalString, wanted.Api?.Trim() ?? ""),
            new("つなぐための番号", before?.ClientId, wanted.ClientId ?? ""),
            new("つなぐための合言葉", before is null ? null : "表示しません", proposal.Secret is null ? "表示しません" : "新しいもの（表示しません）"),
            new("いま", before is null ? null : Now(before.IsOn), Now(wanted.On)),
        ]);
    }

    private static string Can(bool can) => can ? "できる" : "できない";

    private static string Now(bool on) => on ? "使う" : "休む";

    private static WantedPaymentService Read(Proposal proposal) => JsonSerializer.Deserialize<WantedPaymentService>(proposal.Content)!;
}
