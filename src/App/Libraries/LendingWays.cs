using MyKey.App.Registry;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Libraries;

/// <summary>How somebody shows himself at a machine without staff (K-13).</summary>
public enum LendingWay { Tap, Pin, Code }

/// <summary>Which of them holds at a device: a dated setting of the platform, of a municipality's devices or of one device (K-13).</summary>
public sealed class LendingWays(Settings settings, TimeProvider clock)
{
    public const string Key = "lending.way";

    public async ValueTask<LendingWay> Of(Terminal terminal) =>
        Words<LendingWay>.Stored((await settings.Get(Key, new SettingScope(Place: terminal.Municipality, Terminal: terminal.Id), clock.NowMs())).Text);

    public static string Word(LendingWay way) => way switch
    {
        LendingWay.Tap => "カードをかざす",
        LendingWay.Pin => "カードと暗証番号",
        _ => "マイキーIDと番号",
    };

    /// <summary>Whether how a citizen has shown himself is enough at a device; what proves more is always enough.</summary>
    public async ValueTask<bool> IsEnough(Terminal terminal, Way shown)
    {
        if (shown == Way.Signature) return true;
        if (!terminal.Profiles.Contains(TerminalProfile.SelfLending)) return shown is Way.Tap or Way.Code;
        return await Of(terminal) switch { LendingWay.Tap => shown is Way.Tap or Way.Code, LendingWay.Code => shown == Way.Code, _ => false };
    }
}
