using Microsoft.Playwright;

namespace MyKey.Browser.Support;

/// <summary>Somebody who has no mouse goes through a page with the tabulator.</summary>
public static class Keyboard
{
    /// <summary>Notes what the focus stops at, whether it is seen there, and compares it with all that can be operated, in the order of the document.</summary>
    private const string Begin = """
        () => {
          const shown = e => e.checkVisibility({ visibilityProperty: true }) && !e.closest('[inert]');
          const same = (a, b) => a.type === 'radio' && b.type === 'radio' && a.name === b.name && a.form === b.form;
          const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')].filter(e => !e.disabled && e.tabIndex >= 0 && shown(e));
          // Of radio buttons the chosen one is stopped at, or the first.
          const stops = all.filter(e => e.type !== 'radio' || e === (all.find(o => same(o, e) && o.checked) ?? all.find(o => same(o, e))));
          const seen = [];
          const ring = e => [e, ...e.querySelectorAll('rect'), ...(e.labels ?? [])].some(m => {
            const s = getComputedStyle(m);
            return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || (m.tagName === 'rect' && parseFloat(s.strokeWidth) >= 4);
          });
          // How far the ring reaches around; at the edge of the window or above the document it would be cut off.
          const cut = (e, box) => {
            const s = getComputedStyle(e), around = s.outlineStyle === 'none' ? 0 : Math.max(0, parseFloat(s.outlineOffset) + parseFloat(s.outlineWidth));
            return box.left - around < -.5 || box.right + around > document.documentElement.clientWidth + .5 || box.top + scrollY - around < -.5;
          };
          document.addEventListener('focusin', event => {
            const e = event.target, box = e.getBoundingClientRect();
            if (seen.at(-1)?.e !== e) seen.push({ e, ring: ring(e), cut: cut(e, box), small: box.width <= 1 || box.height <= 1, scrolls: e.scrollWidth > e.clientWidth || e.scrollHeight > e.clientHeight });
          });
          window.keyboard = { stops, seen, positive: all.filter(e => e.tabIndex > 0) };
          return stops.length + 4 * stops.filter(e => ['date', 'time', 'month', 'datetime-local'].includes(e.type)).length + 2;
        }
        """;

    private const string End = """
        () => {
          const { stops, seen, positive } = window.keyboard, said = e => e ? `${e.outerHTML.slice(0, 90)}` : 'nothing', faults = positive.map(e => `out of order: ${said(e)}`);
          const own = seen.filter(s => stops.includes(s.e)), start = stops.indexOf(own[0]?.e);
          for (const s of seen) if (!stops.includes(s.e) && !s.scrolls) faults.push(`stops at ${said(s.e)}`);
          for (let k = 0; k < stops.length; k++) {
            const wanted = stops[(start + k) % stops.length];
            if (own[k]?.e !== wanted) { faults.push(`step ${k} of ${stops.length}: ${said(own[k]?.e)} instead of ${said(wanted)}`); break; }
          }
          for (const s of own) {
            if (!s.ring) faults.push(`no ring at ${said(s.e)}`);
            if (s.cut) faults.push(`the ring is cut off at ${said(s.e)}`);
            if (s.small) faults.push(`not to be seen: ${said(s.e)}`);
          }
          return [...new Set(faults)];
        }
        """;

    /// <returns>What is wrong: something out of order or left out, a stop that nobody sees, a trap.</returns>
    public static async Task<string[]> Walk(IPage page)
    {
        // A page that asks the browser by itself, for a passkey, changes when it has its answer.
        await Assertions.Expect(page.Locator("[data-when=asked]:visible")).ToHaveCountAsync(0, new() { Timeout = 30_000 });
        var presses = await page.EvaluateAsync<int>(Begin);
        for (var i = 0; i < presses; i++) await page.Keyboard.PressAsync("Tab");
        return await page.EvaluateAsync<string[]>(End);
    }
}
