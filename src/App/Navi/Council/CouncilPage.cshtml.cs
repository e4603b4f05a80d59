using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Navi.Council;

/// <summary>The council: members by prefecture with their join date, and its posts by term (S2-P2g, S2-P13, S2-P14, S2-P18e).</summary>
public sealed class CouncilPage(CouncilList council, CouncilPosts posts, RegistryCache registry, TimeProvider clock) : PageModel
{
    /// <summary>1 to 47; empty: the whole country.</summary>
    [BindProperty(SupportsGet = true, Name = "prefecture")]
    public string? Asked { get; set; }

    public IReadOnlyList<PrefectureCount> Prefectures { get; private set; } = [];

    public PrefectureCount? Chosen { get; private set; }

    public IReadOnlyList<Municipality> Members { get; private set; } = [];

    public IReadOnlyList<IGrouping<(DateOnly From, DateOnly? Until), CouncilPost>> Terms { get; private set; } = [];

    public RegistryView View { get; private set; } = null!;

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var number = CouncilList.Prefecture(Asked);
        if (number.Refused is { } no) return await this.Refuse(no, new NextStep("都道府県を選び直す", "/navi/council"));
        (Prefectures, View) = (await council.Prefectures(), await registry.View());
        Terms = [.. (await posts.List(stop)).GroupBy(p => (p.From, p.Until))];
        if (number.Value is not { } chosen) return Page();
        (Chosen, Members) = (Prefectures[chosen - 1], await council.Members(chosen));
        return Page();
    }

    public string Now(Municipality member) => member.MemberUntil is { } until ? $"{Shared.Components.Words.Day(until)}{(until < clock.Today() ? "に終わりました" : "まで会員です")}"
        : member.IsMemberOn(clock.Today()) ? "会員です" : "これから会員になります";
}

/// <summary>What each municipality takes part in, and since when (S2-P15).</summary>
public sealed class CapabilitiesPage(CouncilList council, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "prefecture")]
    public string? Asked { get; set; }

    public IReadOnlyList<CapableMunicipality> Found { get; private set; } = [];

    /// <summary>Prefectures that have any, to choose from.</summary>
    public IReadOnlyList<(int Number, string Name, int Count)> Prefectures { get; private set; } = [];

    public int? Chosen { get; private set; }

    /// <summary>Columns that have anything in them.</summary>
    public IReadOnlyList<CapabilityKind> Kinds { get; private set; } = [];

    public DateOnly Today => clock.Today();

    public async Task<IActionResult> OnGet(CancellationToken stop)
    {
        var number = CouncilList.Prefecture(Asked);
        if (number.Refused is { } no) return await this.Refuse(no, new NextStep("都道府県を選び直す", "/navi/capabilities"));
        var all = await council.Capable(null, stop);
        Prefectures = [.. all.GroupBy(c => c.Municipality.Code.Prefecture).OrderBy(g => g.Key).Select(g => (g.Key, Registry.Prefectures.NameOf(g.Key), g.Count()))];
        (Chosen, Found) = (number.Value, [.. all.Where(c => number.Value is null || c.Municipality.Code.Prefecture == number.Value)]);
        Kinds = [.. CapabilityKind.All.Where(k => Found.Any(c => c.Of(k) is not null))];
        return Page();
    }

    /// <summary>How many have it, ended ones aside.</summary>
    public int Count(CapabilityKind kind) => Found.Count(c => c.Of(kind) is { } one && (one.State != CapabilityState.Ended || one.IsLive(Today)));

    /// <summary>The remarks beside what the cells say already.</summary>
    public static string Remark(CapableMunicipality one) =>
        string.Join("、", one.Capabilities.Where(c => c.Said is not null && c.State != CapabilityState.Undecided).Select(c => $"{c.Kind.Short}　{c.Said}"));
}
