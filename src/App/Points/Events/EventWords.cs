using MyKey.App.Registry;
using MyKey.App.Shared.Components;

namespace MyKey.App.Events;

/// <summary>What is said of an event wherever its points are shown.</summary>
public static class EventWords
{
    /// <summary>What becomes of its points after the last day, told before anybody moves any there (H-D2).</summary>
    public static string LeftOver(SupportEvent supported, Municipality payee) =>
        supported.State == EventState.CalledOff ? $"{Words.Day(supported.Until)}を過ぎると、{payee.PointName}になります。"
        : supported.Rule == Registry.LeftOver.Keep ? $"{Words.Day(supported.Until)}までに使わなかった分は、{payee.PointName}になります。"
        : $"{Words.Day(supported.Until)}までに使わなかった分は、なくなります。";

    public static string Of(EventState state) => state switch { EventState.Published => "公開中", EventState.CalledOff => "中止", _ => "下書き" };
}
