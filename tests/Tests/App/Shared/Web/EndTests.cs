using MyKey.Tests.Support;

namespace MyKey.Tests.App.Shared.Web;

/// <summary>Goal: an App that has ended leaves nothing behind in its process; each would keep some 17 MB.</summary>
public class EndTests
{
    private const int Apps = 6, StillInHand = 2;

    [Fact]
    public async Task Nothing_holds_an_App_that_has_ended()
    {
        var ended = new List<WeakReference>();
        for (var i = 0; i < Apps; i++) await Serve(ended);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        // The last ones may still hang in a thread that has nothing else to do yet.
        Assert.InRange(ended.Count(r => r.IsAlive), 0, StillInHand);
    }

    private static async Task Serve(List<WeakReference> ended)
    {
        await using var app = await TestApp.Start();
        ended.Add(new WeakReference(app.Services));
        using var client = app.Client();
        await client.GetStringAsync("/navi");
    }
}
