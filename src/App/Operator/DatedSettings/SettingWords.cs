using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Operator.DatedSettings;

/// <summary>Places and changes of settings as screens name them.</summary>
public static class SettingWords
{
    public static string Of(ScopeKind kind) => kind switch
    {
        ScopeKind.Platform => "全体",
        ScopeKind.Scheme => "制度",
        ScopeKind.Municipality => "ポイントを出した自治体",
        ScopeKind.Programme => "施策",
        ScopeKind.Place => "お店のある自治体",
        ScopeKind.Site => "ネットのサイト",
        _ => "端末",
    };

    public static string Of(SettingPlace place, RegistryView registry) => place.Kind switch
    {
        ScopeKind.Platform => Of(place.Kind),
        ScopeKind.Municipality or ScopeKind.Place => $"{registry.Find(MunicipalityCode.Of(place.Name))?.Name ?? place.Name}（{Of(place.Kind)}）",
        ScopeKind.Scheme => place.Name switch { "national" => "国のマイナポイント", "municipal_mynapoint" => "自治体マイナポイント", var other => other },
        _ => $"{Of(place.Kind)} {place.Name}",
    };

    public static string Of(Setting setting, SettingValue? value) => value is null ? "決めない（広いほうの値になる）" : setting.Say(value);

    /// <summary>A change that waits, in one sentence.</summary>
    public static string Of(SetSetting.Change change, RegistryView registry)
    {
        var setting = Setting.Of(change.Key);
        var value = change.Value is null ? null : setting.Read(change.Value).Value;
        var from = change.ValidFromMs is { } ms ? $"{Shared.Components.Words.Day(Jst.Day(ms))}から" : "承認したときから";
        return $"{setting.Name}　{Of(change.Place, registry)}を、{from}「{Of(setting, value)}」に";
    }
}
