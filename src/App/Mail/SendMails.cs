using MyKey.App.Registry;
using MyKey.App.Shared.Web;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Kernel;
using MyKey.Kernel.Outbox;

namespace MyKey.App.Mail;

/// <summary>What waits in the outbox for a mailbox becomes a mail; what nobody wants to hear any more goes silently.</summary>
public sealed class SendMails(WriteNotice notices, MailCodes codes, FindCitizen citizens, RegistryCache registry, IMailSender sender, MailOptions options, Site site)
{
    private static readonly OutboxAnswer Nobody = new(OutboxOutcome.Taken, "nobody");

    private string Top => options.Site ?? $"https://{site.Host}/";

    public async Task<OutboxAnswer> Notice(OutboxMessage message, CancellationToken stop)
    {
        var body = WriteNotice.Read(message);
        if (await notices.Find(body, stop) is not { } to) return Nobody;
        var citizen = Must.Have(await citizens.Get(CitizenId.Of(body.Citizen), stop), "who hears of something exists");
        var text = $"マイキーID {citizen.MyKeyId.Masked} の方へ\n\n{NoticeWords.Body(body, await registry.View())}\n\n{Foot}";
        return await sender.Send(new OutgoingMail(message.Id, to, $"【マイキー】{NoticeWords.Subject(body.Notice)}", text), stop);
    }

    public async Task<OutboxAnswer> Code(OutboxMessage message, CancellationToken stop)
    {
        if (await codes.Find(message, stop) is not { } mail) return Nobody;
        var (what, used) = mail.Stops
            ? ("マイキーIDを止めるための番号です。", "番号を入れると、マイキーIDが止まります。心当たりがないときは、なにもしないでください。")
            : ("メールアドレスをたしかめるための番号です。", "いま開いている画面に入れてください。心当たりがないときは、なにもしないでください。");
        var text = $"{what}\n\n番号: {mail.Code}\n\n10分のあいだ、1回だけ使えます。\n{used}\nこの番号は、ほかの人に教えないでください。\n\n{Foot}";
        return await sender.Send(new OutgoingMail(message.Id, mail.To, $"【マイキー】番号 {mail.Code}", text), stop);
    }

    private string Foot => $"--\nマイキー\n{Top}\nこのメールに返事をしても、とどきません。\n銀行やカードの番号、パスワード、暗証番号を、メールでおたずねすることはありません。\n";
}
