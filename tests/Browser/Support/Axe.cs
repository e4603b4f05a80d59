using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace MyKey.Browser.Support;

/// <summary>The rules of WCAG 2.2 AA that a machine can judge.</summary>
public static class Axe
{
    private static readonly string[] Rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    /// <summary>No rule is broken. No page of ours has frames, so the rules run where they are read: a second page for their sum takes longer than they do.</summary>
    public static async Task Judge(IPage page) => Assert.Empty(await Faults(page));

    public static async Task<string[]> Faults(IPage page)
    {
        await page.EvaluateAsync(Script);
        return await page.EvaluateAsync<string[]>("""
            async rules => (await axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] }))
              .violations.map(v => `${v.id}: ${v.help} ${v.nodes.map(n => n.html).join(', ')}`)
            """, Rules);
    }
}
