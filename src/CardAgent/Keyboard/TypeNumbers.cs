using MyKey.CardAgent.Cards;
using MyKey.CardAgent.Device;
using MyKey.Kernel;

namespace MyKey.CardAgent.Keyboard;

/// <summary>
/// Where the agent is started with <c>Agent:TypeNumbers=true</c>: each time a card is put on, its number is typed into the window that has the focus, followed by Enter, so
/// that the library's system stays as it is (S2-P9d). A card that gives no number types nothing; its sentence stands on the page /device.
/// </summary>
public sealed partial class TypeNumbers(Func<IKeyboard> open, AskNumber ask, CardWork work, ILogger<TypeNumbers> log) : BackgroundService
{
    private const int WaitMs = 30_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var keyboard = Open();
        if (keyboard is null) return;
        // A card that lies there already was not put on for this.
        var seen = await work.Look();
        while (!stoppingToken.IsCancellationRequested)
        {
            var now = await work.Wait(seen, WaitMs, stoppingToken);
            if (now.Place == Place.Card && now.Insertion != seen.Insertion && !stoppingToken.IsCancellationRequested) await Type(keyboard, stoppingToken);
            seen = now;
        }
    }

    /// <summary>Without it the agent serves for everything else, and its page says what is missing.</summary>
    private IKeyboard? Open()
    {
        try
        {
            return open();
        }
        catch (IOException missing)
        {
            TellBroken(missing);
            ask.Refuse(Refusal.Of("keyboard_missing"));
            return null;
        }
    }

    private async Task Type(IKeyboard keyboard, CancellationToken stop)
    {
        try
        {
            var answer = await ask.Run(stop);
            if (answer.Number is not { } number) TellNone(answer.No!.Code);
            else if (Keys.CanType(number)) keyboard.Type(number);
            else ask.Refuse(Refusal.Of("number_not_typed"));
        }
        catch (IOException broken)
        {
            TellBroken(broken);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The program ends.
        }
    }

    [LoggerMessage(1, LogLevel.Information, "a card gave no number: {Code}")]
    private partial void TellNone(string code);

    [LoggerMessage(2, LogLevel.Error, "the number was not typed")]
    private partial void TellBroken(IOException broken);
}
