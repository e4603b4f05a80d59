using System.Net.Mail;
using MyKey.Kernel.Net;

namespace MyKey.App.Mail;

/// <summary>Section <c>MyKey:Mail</c>. Without a relay no page offers mail.</summary>
public sealed record MailOptions
{
    /// <summary>Host and port of the mail server that takes our mails: <c>mail.example:587</c>, spoken to over TLS unless it is this machine.</summary>
    public string? Relay { get; init; }

    /// <summary>Whom all mails come from (S0-5004b).</summary>
    public string? From { get; init; }

    /// <summary>Where the relay asks for a login; the password belongs into the environment.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    public int TimeoutMs { get; init; } = 10_000;

    /// <summary>The top address of the site, the one address that a mail holds; default <c>https://{Host}/</c>.</summary>
    public string? Site { get; init; }

    public bool On => !string.IsNullOrEmpty(Relay);

    public string Host => Relay![..Relay!.LastIndexOf(':')];

    public int Port => int.Parse(Relay![(Relay!.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    public bool Encrypted => !LoopbackHosts.Contains(Host);

    /// <summary>What people let through their filters (S0-5004b).</summary>
    public string Domain => On ? From![(From!.IndexOf('@', StringComparison.Ordinal) + 1)..] : "";

    /// <exception cref="ArgumentException">What was set can't work.</exception>
    public MailOptions Checked()
    {
        if (!On) return this;
        if (Relay!.LastIndexOf(':') < 1 || !ushort.TryParse(Relay[(Relay.LastIndexOf(':') + 1)..], out _)) throw new ArgumentException("MyKey:Mail:Relay is host:port.");
        if (!MailAddress.TryCreate(From, out var from) || from.Address != From) throw new ArgumentException("MyKey:Mail:From is the address that mails come from.");
        if (Site is not null && !Uri.TryCreate(Site, UriKind.Absolute, out _)) throw new ArgumentException("MyKey:Mail:Site is the address of the site.");
        return this;
    }
}
