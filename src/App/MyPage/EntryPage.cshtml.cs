using Microsoft.AspNetCore.Mvc;
using MyKey.App.Passbooks;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.App.UsePoints;
using MyKey.App.Vouchers;
using MyKey.Identity.AtTerminal;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.MyPage;

/// <summary>Whom to tell what when a line is not right.</summary>
/// <param name="Whom">The municipality whose office helps.</param>
/// <param name="CasePath">Where it is told of.</param>
public sealed record WrongEntry(ReceiptNumber Receipt, long TimeMs, string Whom, string CasePath)
{
    /// <summary>A shop may have mistyped.</summary>
    public bool AskShop { get; init; }

    /// <summary>Somebody else may have the card.</summary>
    public bool AskForCard { get; init; }
}

/// <summary>One line of the passbook, and whom to tell what when it is not right.</summary>
public sealed class EntryPageModel(Passbook passbook, MyVouchers vouchers, RegistryCache registry) : CitizenPage
{
    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Receipt { get; set; }

    public Municipality Issuer { get; private set; } = null!;

    public PassbookLine Entry { get; private set; } = null!;

    /// <summary>How the citizen had shown himself at a terminal.</summary>
    public string? Shown => Spending.WayOf(Entry.Line) switch
    {
        Way.Tap => "カードをかざした",
        Way.Signature => "カードと暗証番号",
        Way.Code => "マイキーIDとお店で使う番号",
        Way.Password => "マイキーIDとパスワード",
        _ => null,
    };

    /// <summary>What the points became, where they became vouchers.</summary>
    public VoucherOrder? Vouchers { get; private set; }

    /// <summary>Somebody else's line is answered like one that does not exist.</summary>
    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var code = MunicipalityCode.Read(Code);
        if (!code.Ok || (await registry.View()).Find(code.Value) is not { } issuer) return await this.Refuse(Refusal.Of("not_found"));
        if (await passbook.Find(Citizen.Id, issuer.Code, Receipt ?? "", stop) is not { } entry) return await this.Refuse(Refusal.Of("transfer_unknown"));
        (Issuer, Entry) = (issuer, entry);
        if (entry.Line.Kind == TransferKind.Voucher) Vouchers = (await vouchers.Find(Citizen.Id, Receipt, stop)).Value;
        return Page();
    }
}
