namespace MyKey.Kernel.Outbox;

/// <summary>Something that leaves the house after its transaction, at least once.</summary>
/// <param name="Id">The same at every try: the taker tells a repeat by it.</param>
/// <param name="Kind">Which handler takes it, e.g. <c>notice</c>.</param>
/// <param name="Body">The handler's; without personal data in clear.</param>
/// <param name="Tries">Those before this one.</param>
/// <param name="Answer">Of the last try, short and without personal data.</param>
public sealed record OutboxMessage(Guid Id, string Kind, string Body, long MadeMs, int Tries, string Answer);

public enum OutboxOutcome
{
    /// <summary>Heard, or there is nobody any more who wants to hear it.</summary>
    Taken = 1,
    /// <summary>Not now: the outside is away.</summary>
    Again = 2,
    /// <summary>The outside will never take it; an operator looks.</summary>
    Never = 3,
}

/// <param name="Text">Short and without personal data, e.g. <c>550</c>.</param>
public readonly record struct OutboxAnswer(OutboxOutcome Outcome, string Text);

/// <summary>What a module does with its messages. A run may be repeated without harm.</summary>
public sealed record OutboxHandler(string Kind, Func<OutboxMessage, CancellationToken, Task<OutboxAnswer>> Run);
