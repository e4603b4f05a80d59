using Microsoft.AspNetCore.Mvc;
using MyKey.App.SignIn;

namespace MyKey.App.Reserved;

/// <summary>Reserved points that had nowhere to go (S0-1010f).</summary>
public sealed class HeldPage(DirectReserved direct, HeldReserved held) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "saved")]
    public bool Saved { get; set; }

    public IReadOnlyList<HeldCase> Cases { get; private set; } = [];

    public long Count { get; private set; }

    public async Task OnGet(CancellationToken stop) => (Cases, Count) = (await direct.Waiting(stop), await held.Count(stop));

    public static string Say(HoldReason reason) => reason switch
    {
        HoldReason.NoBase => "基本の自治体が決まっていません",
        HoldReason.BaseClosed => "基本の自治体が、いまポイントを出していません",
        HoldReason.Suspended => "マイキーIDを止めてあります",
        _ => "マイキーIDが失効しています",
    };
}
