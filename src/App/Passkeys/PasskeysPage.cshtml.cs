using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Passkeys;
using MyKey.Kernel;

namespace MyKey.App.Passkeys;

/// <summary>A member's own passkeys: seen at any time, removed after a confirmation.</summary>
public sealed class PasskeysPage(OwnPasskeys passkeys) : StaffPage
{
    [BindProperty]
    public Guid Key { get; set; }

    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public StaffDoor Door => StaffDoor.Of(Request.Path);

    public IReadOnlyList<OwnPasskey> Passkeys { get; private set; } = [];

    public async Task OnGet(CancellationToken stop) => Passkeys = await passkeys.Of(Work.Member, stop);

    public async Task<IActionResult> OnPostRemove(CancellationToken stop)
    {
        var removed = await passkeys.Remove(Work.Member, Work.Session, new PasskeyId(Key), stop);
        return removed.Refused is { } no ? await No(no, new NextStep("パスキーの一覧へ", Door.PasskeysPath)) : this.SeeOther($"{Door.PasskeysPath}?saved=removed");
    }
}
