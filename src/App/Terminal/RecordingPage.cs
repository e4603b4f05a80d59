using Microsoft.AspNetCore.Mvc;
using MyKey.App.Activities;
using MyKey.App.Attendance;
using MyKey.App.Shared;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Terminals;

/// <summary>A page on which the people of an organiser record who was there (S2-P3d).</summary>
public abstract class RecordingPage : DevicePage
{
    public const string Home = RecordByCard.Home;

    public Recorder Recorder { get; private set; } = null!;

    protected override async Task<IActionResult?> Enter(IServiceProvider services, Frame frame)
    {
        var recorder = await services.GetRequiredService<Recorders>().Of(Terminal, HttpContext.RequestAborted);
        if (recorder.Refused is { } no) return await this.Refuse(no);
        Recorder = recorder.Value;
        frame.Who.Add($"{Recorder.Organiser.Name} {Terminal.Label}");
        frame.Menu.Add(new MenuEntry("参加の記録", Home));
        frame.Menu.Add(new MenuEntry("イベント", TerminalActivitiesPage.Path));
        return null;
    }
}
