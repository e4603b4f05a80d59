namespace MyKey.Tests.Tidy;

/// <summary>A string literal: its place in the text, its raw content with holes, and whether it is interpolated.</summary>
public sealed record StringLiteral(int Start, int End, string Content, bool Interpolated);

/// <summary>C# taken apart far enough for the tidy tests: code without comments and strings, and the strings.</summary>
public sealed class CSharpText
{
    private readonly string text;
    private readonly char[] code;
    private readonly List<StringLiteral> strings = [];
    private int at;

    private CSharpText(string text)
    {
        (this.text, code) = (text, text.ToCharArray());
        Scan(inHole: false);
    }

    /// <summary>The text with comments and literals blanked; every character keeps its place.</summary>
    public string Code => new(code);

    public IReadOnlyList<StringLiteral> Strings => strings;

    public static CSharpText Of(string text) => new(text);

    private void Scan(bool inHole)
    {
        for (var depth = 0; at < text.Length;)
        {
            if (Here("//")) BlankTo(text.IndexOf('\n', at));
            else if (Here("/*")) BlankTo(text.IndexOf("*/", at + 2, StringComparison.Ordinal) + 2);
            else if (text[at] == '\'') BlankTo(text.IndexOf('\'', at + (Here("'\\") ? 3 : 2)) + 1);
            else if (!String())
            {
                if (inHole && depth == 0 && text[at] == '}') return;
                if (text[at] is '(' or '[' or '{') depth++;
                if (text[at] is ')' or ']' or '}') depth--;
                at++;
            }
        }
    }

    private bool String()
    {
        var (quote, dollars) = (at, 0);
        for (; quote < text.Length && text[quote] is '$' or '@'; quote++) dollars += text[quote] == '$' ? 1 : 0;
        if (quote == text.Length || text[quote] != '"') return false;
        var verbatim = text.AsSpan(at, quote - at).Contains('@');
        var quotes = text.AsSpan(quote).IndexOfAnyExcept('"') is var n and >= 0 ? n : text.Length - quote;
        var raw = quotes >= 3 && !verbatim;
        var delimiter = raw ? quotes : 1;
        var start = at;
        Blank(quote + delimiter);
        while (at < text.Length && !Ends(raw, verbatim, delimiter))
        {
            var braces = text.AsSpan(at).IndexOfAnyExcept('{') is var b and >= 0 ? b : 0;
            if (dollars > 0 && braces > 0) Hole(raw ? dollars : 1, braces);
            else if (!raw && verbatim && Here("\"\"")) Blank(at + 2);
            else if (!raw && !verbatim && text[at] == '\\') Blank(at + 2);
            else Blank(at + 1);
        }
        strings.Add(new StringLiteral(start, at + delimiter, text[(quote + delimiter)..Math.Min(at, text.Length)], dollars > 0));
        Blank(at + delimiter);
        return true;
    }

    private bool Ends(bool raw, bool verbatim, int delimiter)
    {
        if (raw) return Here(new string('"', delimiter));
        return text[at] == '"' && !(verbatim && Here("\"\""));
    }

    private void Hole(int needed, int braces)
    {
        if (braces < needed || (needed == 1 && braces % 2 == 0))
        {
            Blank(at + braces);
            return;
        }
        Blank(at + braces);
        Scan(inHole: true);
        Blank(at + needed);
    }

    private bool Here(string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    private void BlankTo(int end) => Blank(end <= at ? text.Length : end);

    private void Blank(int end)
    {
        for (end = Math.Min(end, text.Length); at < end; at++)
            if (code[at] != '\n') code[at] = ' ';
    }
}
