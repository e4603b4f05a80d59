using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;

namespace MyKey.App.Operator.Citizens;

/// <summary>An ID that somebody reports as leaked or misused is looked up by itself alone: there is no name to search for (S0-1023b).</summary>
public sealed class FindPage(FindCitizen citizens) : StaffPage
{
    [BindProperty, Display(Name = "マイキーID")]
    public string? Id { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        var id = MyKeyId.ReadTyped(Id);
        if (id.Refused is { } no) return this.Refuse(nameof(Id), no);
        return await citizens.ById(id.Value, stop) is null
            ? this.Refuse(nameof(Id), Refusal.Of("not_found"))
            : this.SeeOther($"/operator/citizens/{id.Value.Value}");
    }
}
