using MyKey.Identity.Mail;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.Identity.Keys;

/// <summary>The columns of this module that hold wrapped values.</summary>
public static class WrappedInIdentity
{
    public static IReadOnlyList<WrappedPlace> Columns { get; } =
    [
        new WrappedColumn("idn_staff.totp", new(
            "select case when substr(totp, 1, 8) = @Mark then substr(totp, 9, 8) end as key, count(*) as rows from idn_staff where totp is not null group by 1",
            "select id, totp as wrapped from idn_staff where substr(totp, 1, 16) <> @Head limit @Most",
            "update idn_staff set totp = @Anew where id = @Id and totp = @Wrapped"),
            row => EnrolStaff.TotpOwner(StaffId.Of(row.Id))),
        new WrappedColumn("idn_key.wrapped", new(
            "select case when substr(wrapped, 1, 8) = @Mark then substr(wrapped, 9, 8) end as key, count(*) as rows from idn_key group by 1",
            "select citizen as id, key_no as no, wrapped from idn_key where substr(wrapped, 1, 16) <> @Head limit @Most",
            "update idn_key set wrapped = @Anew, kek_id = @KekId where citizen = @Id and key_no = @No and wrapped = @Wrapped"),
            row => $"citizen:{row.Id:N}:{row.No}"),
        new WrappedColumn("idn_mail.wrapped", new(
            "select case when substr(wrapped, 1, 8) = @Mark then substr(wrapped, 9, 8) end as key, count(*) as rows from idn_mail group by 1",
            "select citizen as id, wrapped from idn_mail where substr(wrapped, 1, 16) <> @Head limit @Most",
            "update idn_mail set wrapped = @Anew, kek_id = @KekId where citizen = @Id and wrapped = @Wrapped"),
            row => KeepMail.Owner(CitizenId.Of(row.Id))),
        // A number that stops an ID is sent before anybody looks whose it is: then the mailbox is the number's.
        new WrappedColumn("idn_mail_code.wrapped", new(
            "select case when substr(wrapped, 1, 8) = @Mark then substr(wrapped, 9, 8) end as key, count(*) as rows from idn_mail_code group by 1",
            "select id, case when purpose = 1 then citizen end as other, purpose as no, wrapped from idn_mail_code where substr(wrapped, 1, 16) <> @Head limit @Most",
            "update idn_mail_code set wrapped = @Anew, kek_id = @KekId where id = @Id and wrapped = @Wrapped"),
            row => row.No == (int)MailCodePurpose.Verify ? KeepMail.Owner(CitizenId.Of(row.Other)) : MailCodes.Owner(row.Id)),
        new WrappedColumn("idn_subkey.wrapped", new(
            "select case when substr(wrapped, 1, 8) = @Mark then substr(wrapped, 9, 8) end as key, count(*) as rows from idn_subkey group by 1",
            "select purpose as text, wrapped from idn_subkey where substr(wrapped, 1, 16) <> @Head limit @Most",
            "update idn_subkey set wrapped = @Anew where purpose = @Text and wrapped = @Wrapped"),
            row => Kek.OwnerOf(row.Text)),
    ];
}
