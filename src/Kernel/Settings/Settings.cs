using Dapper;
using Microsoft.Extensions.DependencyInjection;
using MyKey.Kernel.Db;

namespace MyKey.Kernel.Settings;

/// <summary>
/// Dated, scoped settings (table Z1 of the requirements): where the sources contradict each other or change over time, one system with
/// a setting. What may be set is data, <c>settings.csv</c>; what is set is krn_setting, insert only. At most one second stale (S0-5018).
/// </summary>
public sealed class Settings(Database database, TimeProvider clock) : IDisposable
{
    private const string All = "select key, scope_kind, scope, no, valid_from_ms, value from krn_setting";

    private readonly Cached<SettingsView> view = new(clock, old => Load(database, old));

    /// <summary>All settings, from memory. Ask once per request and use it throughout, so that one request sees one state.</summary>
    public ValueTask<SettingsView> View() => view.Get();

    /// <inheritdoc cref="SettingsView.Get(string, in SettingScope, long)"/>
    public async ValueTask<SettingValue> Get(string key, SettingScope scope, long atMs) => (await View()).Get(key, scope, atMs);

    /// <summary>To be called after a change was committed.</summary>
    internal void Drop() => view.Drop();

    public void Dispose() => view.Dispose();

    private static async Task<SettingsView> Load(Database database, SettingsView? old)
    {
        await using var connection = await database.Open();
        if (old is not null && await connection.ExecuteScalarAsync<long>("select count(*) from krn_setting") == old.Rows) return old;
        return new SettingsView((await connection.QueryAsync<SettingRow>(All)).AsList());
    }
}

public static class SettingsModule
{
    public static IServiceCollection AddSettings(this IServiceCollection services) => services.AddSingleton<Settings>().AddSingleton<SetSetting>().AddSingleton<SettingChanges>();
}
