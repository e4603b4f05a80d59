using Microsoft.AspNetCore.Mvc;
using MyKey.App.Passbooks;
using MyKey.App.Registry;
using MyKey.App.Shared.Csv;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.MyPage;

/// <summary>The passbook of one municipality, newest first.</summary>
public sealed class HistoryPageModel(LedgerReading reading, ReservedReading reserved, Passbook passbook, RegistryCache registry, TimeProvider clock) : CitizenPage
{
    /// <summary>Municipality code, 6 digits.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Code { get; set; }

    /// <summary>The last line of the leaf before.</summary>
    [BindProperty(SupportsGet = true, Name = "before")]
    public string? Before { get; set; }

    /// <summary>Everything on one page, for the printer.</summary>
    [BindProperty(SupportsGet = true, Name = "all")]
    public bool All { get; set; }

    public Municipality Issuer { get; private set; } = null!;

    public IReadOnlyList<Municipality> Others { get; private set; } = [];

    /// <summary>There is a history of reserved points beside it.</summary>
    public bool HasReserved { get; private set; }

    public Points Rest { get; private set; }

    public PassbookLeaf Leaf { get; private set; } = new([], null);

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var view = await registry.View();
        var code = MunicipalityCode.Read(Code);
        if (!code.Ok || view.Find(code.Value) is not { } issuer) return await this.Refuse(Refusal.Of("not_found"));
        var before = HistoryPlace.Read(Before);
        if (before.Refused is { } nowhere) return await this.Refuse(nowhere);
        Issuer = issuer;
        var held = await reading.Holdings(Citizen.Id, clock.Today());
        Rest = held.FirstOrDefault(h => h.Issuer == issuer.Code)?.Usable ?? Points.Zero;
        Others = [.. (await passbook.Issuers(Citizen.Id, held)).Where(i => i != issuer.Code).Select(view.Find).OfType<Municipality>()];
        HasReserved = await reserved.Any(Citizen.Id);
        Leaf = await passbook.Read(Citizen.Id, issuer.Code, before.Value, stop, All ? HistoryFile.MostLines : Passbook.LinesPerLeaf);
        return Page();
    }

    public async Task<IActionResult> OnGetFile(CancellationToken stop)
    {
        var code = MunicipalityCode.Read(Code);
        if (!code.Ok || (await registry.View()).Find(code.Value) is null) return await this.Refuse(Refusal.Of("not_found"));
        var all = await passbook.Read(Citizen.Id, code.Value, before: null, stop, HistoryFile.MostLines);
        return HistoryFile.Of(all.Rows, $"history-{code.Value}");
    }
}
