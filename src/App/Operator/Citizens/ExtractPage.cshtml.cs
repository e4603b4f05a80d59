using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Operator.Citizens;

/// <summary>Operations and transfers of one ID on one screen (S0-1022c), and as a file. Each look has a reason and is logged itself.</summary>
public sealed class ExtractPage(ExtractCitizen extract, FindStaff staff, RegistryCache registry, IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json) : StaffPage
{
    /// <summary>More than anybody reads on a screen; the file has all.</summary>
    public const int Shown = 200;

    [BindProperty(SupportsGet = true, Name = "id")]
    public string? Id { get; set; }

    [BindProperty, Display(Name = "取り出す理由")]
    public string? Reason { get; set; }

    public string ShownId { get; private set; } = "";

    public CitizenExtract? Found { get; private set; }

    public RegistryView Registry { get; private set; } = null!;

    protected override bool AsksAgain => true;

    private Dictionary<Guid, string> Numbers { get; set; } = [];

    public async Task<IActionResult> OnGet() => await Show() is { } no ? await this.Refuse(no) : Page();

    public async Task<IActionResult> OnPost(string? form, CancellationToken stop)
    {
        if (await Show() is { } unreadable) return await this.Refuse(unreadable);
        var found = await extract.Run(Work, Id, Reason, stop);
        if (found.Refused is { Code: "field_required" or "too_large" or "my_number_refused" or "pan_refused" } wrong) return this.Refuse(nameof(Reason), wrong);
        if (found.Refused is { } no) return await No(no, new NextStep("マイキーIDを探す", "/operator/citizens"));
        if (form == "csv") return File(found.Value.Csv(), MediaTypeNames.Text.Csv, $"{ShownId}.csv");
        if (form == "json") return File(JsonSerializer.SerializeToUtf8Bytes(found.Value, json.Value.SerializerOptions), MediaTypeNames.Application.Json, $"{ShownId}.json");
        Found = found.Value;
        Numbers = (await staff.All(stop: stop)).ToDictionary(s => s.Id.Value, s => s.Number);
        return Page();
    }

    /// <summary>Who it was: members of staff by their number, never a name (S0-1023b).</summary>
    public string Who(ExtractedOperation operation)
    {
        var kind = ActionWords.Of(Words<ActorKind>.Stored(operation.By));
        return Numbers.TryGetValue(operation.ById, out var number) ? $"{kind} {number}" : kind;
    }

    private async Task<Refusal?> Show()
    {
        var id = MyKeyId.ReadTyped(Id);
        if (id.Refused is { } no) return no;
        ShownId = id.Value.Value;
        Registry = await registry.View();
        return null;
    }
}
