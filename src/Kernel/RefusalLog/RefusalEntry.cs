namespace MyKey.Kernel.RefusalLog;

/// <summary>
/// One refusal as it was answered. <paramref name="Route"/> is the pattern (<c>/api/v1/uses/{id}</c>), never the address with its values.
/// <paramref name="Client"/> stands for a caller without login: a keyed hash that leads back to no address.
/// </summary>
public sealed record RefusalEntry(string Code, string Method, string Route, Actor? Actor = null, TerminalId? Terminal = null,
    byte[]? Client = null, string? Inquiry = null)
{
    /// <summary>Who is counted: the actor, else the terminal, else the client, else nobody.</summary>
    internal RefusalSource Source =>
        Actor is { } actor ? new(actor.Kind.ToString(), actor.Id)
        : Terminal is { } terminal ? new("terminal", terminal.Value)
        : Client is { } client ? new("client", Ids.Named<TerminalId>(client).Value)
        : default;
}

internal readonly record struct RefusalSource(string? Kind, Guid Id);
