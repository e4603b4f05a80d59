using MyKey.App.PaymentAccounts;
using MyKey.App.PaymentServices;
using MyKey.Identity.Keys;
using MyKey.Kernel;

namespace MyKey.App.Incentives;

/// <summary>The columns of incentives that hold wrapped values. A removed account keeps none.</summary>
public static class WrappedInIncentives
{
    public static IReadOnlyList<WrappedPlace> Columns { get; } =
    [
        new WrappedColumn("inc_payment_service.secret", new(
            "select case when substr(secret, 1, 8) = @Mark then substr(secret, 9, 8) end as key, count(*) as rows from inc_payment_service group by 1",
            "select id, secret as wrapped from inc_payment_service where substr(secret, 1, 16) <> @Head limit @Most",
            "update inc_payment_service set secret = @Anew where id = @Id and secret = @Wrapped"),
            row => FindPaymentServices.Owner(PaymentServiceId.Of(row.Id))),
        new WrappedColumn("inc_payment_service.older_secret", new(
            "select case when substr(older_secret, 1, 8) = @Mark then substr(older_secret, 9, 8) end as key, count(*) as rows from inc_payment_service where older_secret is not null group by 1",
            "select id, older_secret as wrapped from inc_payment_service where older_secret is not null and substr(older_secret, 1, 16) <> @Head limit @Most",
            "update inc_payment_service set older_secret = @Anew where id = @Id and older_secret = @Wrapped"),
            row => FindPaymentServices.Owner(PaymentServiceId.Of(row.Id))),
        new WrappedColumn("inc_payment_account.number", new(
            "select case when substr(number, 1, 8) = @Mark then substr(number, 9, 8) end as key, count(*) as rows from inc_payment_account where state <> 'removed' group by 1",
            "select bucket, citizen as other, id, number as wrapped from inc_payment_account where state <> 'removed' and substr(number, 1, 16) <> @Head limit @Most",
            "update inc_payment_account set number = @Anew where bucket = @Bucket and citizen = @Other and id = @Id and number = @Wrapped"),
            row => AccountSecrets.Owner(row.Id)),
        new WrappedColumn("inc_payment_account.account", new(
            "select case when substr(account, 1, 8) = @Mark then substr(account, 9, 8) end as key, count(*) as rows from inc_payment_account where state <> 'removed' group by 1",
            "select bucket, citizen as other, id, account as wrapped from inc_payment_account where state <> 'removed' and substr(account, 1, 16) <> @Head limit @Most",
            "update inc_payment_account set account = @Anew where bucket = @Bucket and citizen = @Other and id = @Id and account = @Wrapped"),
            row => AccountSecrets.Owner(row.Id)),
    ];
}
