namespace MyKey.Sandbox.Mail;

/// <summary>A mail server and everybody's mailbox: whatever the App sends stands on a page (section <c>Mail</c>).</summary>
public static class MailParty
{
    public const string Host = "mail.localhost";

    public static void AddMailParty(this IServiceCollection services, IConfiguration configuration)
    {
        var port = configuration.GetValue("Mail:Port", 5092);
        services.AddSingleton(s => new Mailboxes(s.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddHostedService(s => new SmtpServer(port, s.GetRequiredService<Mailboxes>()));
    }
}
