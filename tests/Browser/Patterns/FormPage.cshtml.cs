using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.Browser.Patterns;

/// <summary>A form with every kind of field, as a slice would write it.</summary>
public sealed class FormPageModel : PageModel
{
    [BindProperty, Display(Name = "マイキーID")]
    public string? MyKeyId { get; set; }

    [BindProperty, Display(Name = "基本の自治体")]
    public string? Town { get; set; }

    [BindProperty, Display(Name = "使うポイント")]
    public string? Amount { get; set; }

    [BindProperty, Display(Name = "パスワード")]
    public string? Password { get; set; }

    [BindProperty, Display(Name = "人数")]
    public int? People { get; set; }

    [BindProperty, Display(Name = "受け取り方")]
    public string? Way { get; set; }

    public IReadOnlyList<SelectListItem> Towns { get; } = [new("選んでください", ""), new("A市", "132985"), new("B町", "134988")];

    public IReadOnlyList<SelectListItem> Ways { get; } = [new("紙の券", "ticket"), new("お店でそのまま", "shop")];

    public bool Done { get; private set; }

    public IActionResult OnPost()
    {
        if (MyKeyId?.Length != 8) this.Note(nameof(MyKeyId), Refusal.Of("id_format"));
        if (string.IsNullOrEmpty(Town)) this.Note(nameof(Town), Refusal.Of("field_required"));
        if (Kernel.Points.Read(Amount).Refused is { } refusal) this.Note(nameof(Amount), refusal);
        if (Way is null) this.Note(nameof(Way), Refusal.Of("field_required"));
        if (!ModelState.IsValid) return this.Again();
        Done = true;
        return Page();
    }
}
