using MyKey.App.Exchange;
using MyKey.App.OnlineSites;
using MyKey.App.PartnerLinks;
using MyKey.App.StreetCards;
using MyKey.Identity.Keys;
using MyKey.Kernel;

namespace MyKey.App.WrappedSecrets;

/// <summary>The columns of points that hold wrapped values.</summary>
public static class WrappedInPoints
{
    public static IReadOnlyList<WrappedPlace> Columns { get; } =
    [
        new WrappedColumn("pts_coupon_key.wrapped", new(
            "select case when substr(wrapped, 1, 8) = @Mark then substr(wrapped, 9, 8) end as key, count(*) as rows from pts_coupon_key group by 1",
            "select no, wrapped from pts_coupon_key where substr(wrapped, 1, 16) <> @Head limit @Most",
            "update pts_coupon_key set wrapped = @Anew where no = @No and wrapped = @Wrapped"),
            _ => CouponPlaces.Owner),
        new WrappedColumn("pts_partner_site.secret", new(
            "select case when substr(secret, 1, 8) = @Mark then substr(secret, 9, 8) end as key, count(*) as rows from pts_partner_site group by 1",
            "select partner as id, from_day as no, secret as wrapped from pts_partner_site where substr(secret, 1, 16) <> @Head limit @Most",
            "update pts_partner_site set secret = @Anew where partner = @Id and from_day = @No and secret = @Wrapped"),
            row => PartnerSecrets.Owner(PartnerId.Of(row.Id), Jst.FromNumber(row.No))),
        new WrappedColumn("pts_link_attempt.verifier", new(
            "select case when substr(verifier, 1, 8) = @Mark then substr(verifier, 9, 8) end as key, count(*) as rows from pts_link_attempt group by 1",
            "select bucket, citizen as id, partner as other, verifier as wrapped from pts_link_attempt where substr(verifier, 1, 16) <> @Head limit @Most",
            "update pts_link_attempt set verifier = @Anew where bucket = @Bucket and citizen = @Id and partner = @Other and verifier = @Wrapped"),
            row => LoginAttempts.Owner(CitizenId.Of(row.Id), row.Other)),
        new WrappedColumn("pts_link.tokens", new(
            "select case when substr(tokens, 1, 8) = @Mark then substr(tokens, 9, 8) end as key, count(*) as rows from pts_link group by 1",
            "select bucket, citizen as id, partner as other, tokens as wrapped from pts_link where substr(tokens, 1, 16) <> @Head limit @Most",
            "update pts_link set tokens = @Anew where bucket = @Bucket and citizen = @Id and partner = @Other and tokens = @Wrapped"),
            row => KeepLinks.Owner(CitizenId.Of(row.Id), PartnerId.Of(row.Other))),
        new WrappedColumn("pts_online_login.secret", new(
            "select case when substr(secret, 1, 8) = @Mark then substr(secret, 9, 8) end as key, count(*) as rows from pts_online_login group by 1",
            "select site as id, from_day as no, secret as wrapped from pts_online_login where substr(secret, 1, 16) <> @Head limit @Most",
            "update pts_online_login set secret = @Anew where site = @Id and from_day = @No and secret = @Wrapped"),
            row => OnlineSecrets.LoginOwner(OnlineSiteId.Of(row.Id), Jst.FromNumber(row.No))),
        new WrappedColumn("pts_online_hook.secret", new(
            "select case when substr(secret, 1, 8) = @Mark then substr(secret, 9, 8) end as key, count(*) as rows from pts_online_hook group by 1",
            "select site as id, secret as wrapped from pts_online_hook where substr(secret, 1, 16) <> @Head limit @Most",
            "update pts_online_hook set secret = @Anew where site = @Id and secret = @Wrapped"),
            row => OnlineSecrets.HookOwner(OnlineSiteId.Of(row.Id))),
        new WrappedColumn("pts_online_hook.older", new(
            "select case when substr(older, 1, 8) = @Mark then substr(older, 9, 8) end as key, count(*) as rows from pts_online_hook where older is not null group by 1",
            "select site as id, older as wrapped from pts_online_hook where substr(older, 1, 16) <> @Head limit @Most",
            "update pts_online_hook set older = @Anew where site = @Id and older = @Wrapped"),
            row => OnlineSecrets.HookOwner(OnlineSiteId.Of(row.Id))),
        new WrappedColumn("pts_street_operator.secret", new(
            "select case when substr(secret, 1, 8) = @Mark then substr(secret, 9, 8) end as key, count(*) as rows from pts_street_operator group by 1",
            "select id, secret as wrapped from pts_street_operator where substr(secret, 1, 16) <> @Head limit @Most",
            "update pts_street_operator set secret = @Anew where id = @Id and secret = @Wrapped"),
            row => StreetCardOperators.Owner(row.Id)),
        new WrappedColumn("pts_older_secret.secret", new(
            "select case when substr(secret, 1, 8) = @Mark then substr(secret, 9, 8) end as key, count(*) as rows from pts_older_secret group by 1",
            "select subject as id, owner as text, secret as wrapped from pts_older_secret where substr(secret, 1, 16) <> @Head limit @Most",
            "update pts_older_secret set secret = @Anew where subject = @Id and owner = @Text and secret = @Wrapped"),
            row => row.Text),
        new WrappedColumn("pts_charge_order.card", new(
            "select case when substr(card, 1, 8) = @Mark then substr(card, 9, 8) end as key, count(*) as rows from pts_charge_order group by 1",
            "select bucket, id, card as wrapped from pts_charge_order where substr(card, 1, 16) <> @Head limit @Most",
            "update pts_charge_order set card = @Anew where bucket = @Bucket and id = @Id and card = @Wrapped"),
            row => StreetCardNumbers.Owner(row.Id)),
        new WrappedColumn("pts_street_link.card", new(
            "select case when substr(card, 1, 8) = @Mark then substr(card, 9, 8) end as key, count(*) as rows from pts_street_link group by 1",
            "select bucket, citizen as id, operator as other, card as wrapped from pts_street_link where substr(card, 1, 16) <> @Head limit @Most",
            "update pts_street_link set card = @Anew where bucket = @Bucket and citizen = @Id and operator = @Other and card = @Wrapped"),
            row => StreetCardNumbers.Owner(row.Id)),
    ];

    public static void AddWrappedInPoints(this WebApplicationBuilder builder)
    {
        foreach (var column in Columns) builder.Services.AddSingleton(column);
        builder.Services.AddSingleton<WrappedPlace, ProposalSecrets>();
    }
}
