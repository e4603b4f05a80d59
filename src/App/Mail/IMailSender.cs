using MyKey.Identity.Mail;
using MyKey.Kernel.Outbox;

namespace MyKey.App.Mail;

/// <param name="Id">The same at every try, so that a mailbox tells a repeat.</param>
public sealed record OutgoingMail(Guid Id, Mailbox To, string Subject, string Body);

/// <summary>Whoever brings mails to mailboxes: an outside party.</summary>
public interface IMailSender
{
    /// <summary>A mail that was sent before may be sent again.</summary>
    Task<OutboxAnswer> Send(OutgoingMail mail, CancellationToken stop);
}
