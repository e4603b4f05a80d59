namespace MyKey.Kernel;

/// <summary>What people type: full-width digits, letters and signs count as the ordinary ones (ui.md).</summary>
public static class Typed
{
    /// <summary>Full-width ASCII (U+FF01–U+FF5E) and the ideographic space become ASCII; white space at both ends goes.</summary>
    public static string HalfWidth(string? typed) =>
        string.Create((typed ?? "").Length, typed ?? "", static (span, text) =>
        {
            for (var i = 0; i < text.Length; i++)
                span[i] = text[i] switch
                {
                    >= '！' and <= '～' and var wide => (char)(wide - '！' + '!'),
                    '　' => ' ',
                    var other => other,
                };
        }).Trim();
}
