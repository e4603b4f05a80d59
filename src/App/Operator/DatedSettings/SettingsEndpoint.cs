using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Operator.DatedSettings;

/// <param name="Value">The platform's now.</param>
/// <param name="Values">The words, or least and most.</param>
/// <param name="Places">Kinds of places where it may be set.</param>
public sealed record SettingReply(string Key, string Name, string Kind, string Value, IReadOnlyList<string> Values, IReadOnlyList<string> Places)
{
    public static SettingReply Of(Setting setting, SettingValue value) => new(setting.Key, setting.Name, Words<SettingKind>.Of(setting.Kind), value.Text, setting.Values,
        [.. setting.Scopes.Keys.Order().Select(Words<ScopeKind>.Of)]);
}

/// <param name="Value">Null: taken back.</param>
/// <param name="FromMs">0: the standard, where nobody has set anything.</param>
/// <param name="When"><c>past</c>, <c>now</c> or <c>coming</c>.</param>
public sealed record SettingLineReply(string Place, string? Value, long FromMs, long SetMs, string When)
{
    public static SettingLineReply Of(SettingLine line) => new(line.Step.Place.ToString(), line.Step.Value?.Text, line.Step.ValidFromMs, line.Step.SetMs, line.When);
}

/// <param name="FromMs">Null: from the approval on.</param>
public sealed record WaitingSettingReply(Guid Id, Guid Maker, string Key, string Place, string? Value, long? FromMs, string Reason, long MadeMs)
{
    public static WaitingSettingReply Of(WaitingSetting w) => new(w.Id, w.Change.By.Id, w.Change.Key, w.Change.Place.ToString(), w.Change.Value, w.Change.ValidFromMs, w.Change.Reason ?? "", w.MadeMs);
}

/// <param name="Applied">False while it waits for a second person.</param>
public sealed record SettingAskedReply(Guid Id, bool Applied)
{
    public static SettingAskedReply Of(SettingAsked asked) => new(asked.Id, asked.Applied);
}

/// <summary>Settings over the API, under <c>/api/v1/operator/settings</c>.</summary>
public static class SettingsEndpoint
{
    public static void AddOperatorSettings(this WebApplicationBuilder builder) => builder.Services.AddSingleton<PlatformSettings>()
        .AddSingleton(new StaffMenu(StaffDoor.Operator, 30, "設定", "/operator/settings"));

    public static void MapOperatorSettings(this WebApplication app)
    {
        var group = app.MapGroup("/api/v1/operator/settings");
        group.MapGet("", All);
        group.MapGet("/{key}", Lines);
        group.MapPost("", Propose);
        group.MapGet("/changes", Waiting);
        group.MapPost("/changes/{id:guid}/approve", Approve);
        group.MapPost("/changes/{id:guid}/refuse", Refuse);
    }

    private static async Task<Answer<SettingReply[]>> All(HttpContext context, PlatformSettings settings) =>
        (await context.AtPlatform(settings.All)).Then<SettingReply[]>(all => all.Select(s => SettingReply.Of(s.Setting, s.Value)).ToArray());

    private static async Task<Answer<SettingLineReply[]>> Lines(string key, HttpContext context, PlatformSettings settings, CancellationToken stop) =>
        (await context.AtPlatform(work => settings.Lines(work, key, stop))).Then<SettingLineReply[]>(lines => lines.Select(SettingLineReply.Of).ToArray());

    private static async Task<Answer<SettingAskedReply>> Propose(WantedSetting request, HttpContext context, PlatformSettings settings, CancellationToken stop) =>
        (await context.AtPlatform(work => settings.Propose(work, request, stop))).Then<SettingAskedReply>(a => SettingAskedReply.Of(a));

    private static async Task<Answer<WaitingSettingReply[]>> Waiting(HttpContext context, PlatformSettings settings, CancellationToken stop) =>
        (await context.AtPlatform(work => settings.Waiting(work, stop))).Then<WaitingSettingReply[]>(all => all.Select(WaitingSettingReply.Of).ToArray());

    private static async Task<Answer<SettingAskedReply>> Approve(Guid id, HttpContext context, PlatformSettings settings, CancellationToken stop) =>
        (await context.AtPlatform(work => settings.Approve(work, id, stop))).Then<SettingAskedReply>(a => SettingAskedReply.Of(a));

    private static async Task<Answer<bool>> Refuse(Guid id, HttpContext context, PlatformSettings settings, CancellationToken stop) =>
        await context.AtPlatform(work => settings.Refuse(work, id, stop));
}
