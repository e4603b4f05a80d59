using System.Text;
using MyKey.Kernel;

namespace MyKey.Tests.Golden;

/// <summary>Goal: docs/errors.md is the list of refusals, word for word.</summary>
public class ErrorsTests
{
    private const string Head = """
        # Refusals

        An expected "no" has a stable code. Over HTTP it is a problem document (RFC 9457, `application/problem+json`) with the member `code`; a page shows the three
        sentences: what happened, which rule, what to do next. A refusal changes nothing. Words in braces are filled in.

        This file is made from [refusals.csv](../src/Kernel/refusals.csv) by `./mykey check --write`.

        | code | status | what | rule | next |
        |---|---|---|---|---|

        """;

    [Fact]
    public void The_document_is_the_list() => Golden.Match("docs/errors.md",
        RefusalText.All.Aggregate(new StringBuilder(Head), (text, t) => text.Append(null, $"| `{t.Code}` | {t.Status} | {t.What} | {t.Rule} | {t.Next} |\n")).ToString());
}
