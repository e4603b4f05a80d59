using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Operator.Posts;

/// <summary>The posts of the council by term (S2-P13).</summary>
public sealed class PostsPage(CouncilPosts posts, RegistryCache registry, TimeProvider clock) : StaffPage
{
    public const string Here = "/operator/council";

    public IReadOnlyList<CouncilPost> All { get; private set; } = [];

    public RegistryView View { get; private set; } = null!;

    public Guid NewId { get; private set; }

    public DateOnly Today => clock.Today();

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop) => (All, View, NewId) = (await posts.List(stop), await registry.View(), Ids.NewV7(clock));
}

/// <summary>One post: added, changed, or ended by its last day.</summary>
public sealed class PostPage(CouncilPosts posts, TimeProvider clock) : StaffPage
{
    [BindProperty(SupportsGet = true, Name = "id")]
    public Guid Id { get; set; }

    [BindProperty, Display(Name = "役")]
    public string? Post { get; set; }

    [BindProperty, Display(Name = "会員の自治体の番号")]
    public string? Municipality { get; set; }

    [BindProperty, Display(Name = "はじめの日"), DataType(DataType.Date)]
    public string? From { get; set; }

    [BindProperty, Display(Name = "終わりの日"), DataType(DataType.Date)]
    public string? Until { get; set; }

    public bool Known { get; private set; }

    public IReadOnlyList<SelectListItem> Kinds { get; } = [.. Enum.GetValues<CouncilPostKind>().Select(k => new SelectListItem(CouncilPost.Word(k), Words<CouncilPostKind>.Of(k)))];

    protected override IReadOnlyList<Role> Needed => [Role.Operator];

    public async Task OnGet(CancellationToken stop)
    {
        var there = (await posts.List(stop)).FirstOrDefault(p => p.Id == Id);
        (Known, Post, From) = (there is not null, "chair", TypedDay.Of(clock.Today()));
        if (there is not null) (Post, Municipality, From, Until) = (Words<CouncilPostKind>.Of(there.Post), there.Municipality.Value, TypedDay.Of(there.From), TypedDay.Of(there.Until));
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        Known = (await posts.List(stop)).Any(p => p.Id == Id);
        var from = this.Day(nameof(From), From);
        var until = string.IsNullOrWhiteSpace(Until) ? (DateOnly?)null : this.Day(nameof(Until), Until);
        if (!ModelState.IsValid) return this.Again();
        var saved = await posts.Save(new WantedPost(Id, Municipality, Post, from, until), Work.Actor, stop);
        if (saved.Ok) return this.SeeOther(PostsPage.Here);
        var no = saved.Refused!;
        return this.Refuse((no.Code, no.Fact<string>("field")) switch { ("period_format", _) => nameof(Until), (_, "post") => nameof(Post), _ => nameof(Municipality) }, no);
    }
}
