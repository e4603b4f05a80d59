using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Text;
using MyKey.Kernel.Outbox;

namespace MyKey.App.Mail;

/// <summary>Hands mails to the relay by SMTP. What it says goes on as its number alone, for its words may hold the mailbox.</summary>
public sealed class RelaySender(MailOptions options) : IMailSender
{
    public async Task<OutboxAnswer> Send(OutgoingMail mail, CancellationToken stop)
    {
        using var message = Message(mail);
        using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = options.Encrypted };
        if (options.User is { Length: > 0 } user) client.Credentials = new NetworkCredential(user, options.Password);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(options.TimeoutMs);
        try
        {
            await client.SendMailAsync(message, late.Token);
            return new OutboxAnswer(OutboxOutcome.Taken, "sent");
        }
        catch (SmtpException no) when (no.StatusCode > 0)
        {
            var said = (int)no.StatusCode;
            return new OutboxAnswer(said >= 500 ? OutboxOutcome.Never : OutboxOutcome.Again, $"SMTP {said}");
        }
        catch (Exception none) when (none is SmtpException or IOException or SocketException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return new OutboxAnswer(OutboxOutcome.Again, "silent");
        }
    }

    /// <summary>Dots side by side or at the end, as telephones had them, go in quotation marks (RFC 5321 4.1.2).</summary>
    private static string InEnvelope(string mailbox)
    {
        var at = mailbox.IndexOf('@', StringComparison.Ordinal);
        var local = mailbox[..at];
        return local.StartsWith('.') || local.EndsWith('.') || local.Contains("..", StringComparison.Ordinal) ? $"\"{local}\"{mailbox[at..]}" : mailbox;
    }

    private MailMessage Message(OutgoingMail mail)
    {
        var message = new MailMessage(new MailAddress(options.From!, "マイキー", Encoding.UTF8), new MailAddress(InEnvelope(mail.To.Value)))
        {
            Subject = mail.Subject, SubjectEncoding = Encoding.UTF8, Body = mail.Body, BodyEncoding = Encoding.UTF8, IsBodyHtml = false,
        };
        message.Headers["Message-ID"] = $"<{mail.Id:N}@{options.Domain}>";
        // No holiday answer comes back (RFC 3834).
        message.Headers["Auto-Submitted"] = "auto-generated";
        return message;
    }
}
