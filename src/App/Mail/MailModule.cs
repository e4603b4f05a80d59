using MyKey.App.SignIn;
using MyKey.Identity.Mail;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.Outbox;

namespace MyKey.App.Mail;

/// <summary>Mail: the sender, the citizen's mailbox and what goes there, and what no mailbox took.</summary>
public static class MailModule
{
    public static void AddMail(this WebApplicationBuilder builder)
    {
        var options = (builder.Configuration.GetSection("MyKey:Mail").Get<MailOptions>() ?? new MailOptions()).Checked();
        builder.Services.AddSingleton(options).AddSingleton<IMailSender, RelaySender>().AddSingleton<SendMails>().AddSingleton<UnsentMails>().AddSingleton<PointNotices>().AddSingleton<TellLapses>().AddSingleton<IJob>(s => s.GetRequiredService<TellLapses>());
        builder.Services.AddSingleton(new StaffMenu(StaffDoor.Operator, 37, "送れないメール", UnsentPage.Here));
        if (!options.On) return;
        builder.Services.AddSingleton(services => new OutboxHandler(WriteNotice.Kind, (m, stop) => services.GetRequiredService<SendMails>().Notice(m, stop)));
        builder.Services.AddSingleton(services => new OutboxHandler(MailCodes.Kind, (m, stop) => services.GetRequiredService<SendMails>().Code(m, stop)));
    }

    public static void MapMail(this WebApplication app)
    {
        app.MapMyMail();
        app.MapUnsent();
    }
}
