using System.Text;
using MyKey.Kernel;

namespace MyKey.Tests.Golden;

/// <summary>Goal: docs/errors.md tells every refusal there is, in the words of the screens.</summary>
public class ErrorsDocumentTests
{
    [Fact]
    public void The_document_is_in_step_with_the_list() => Support.Golden.Holds("docs/errors.md", Document());

    private static string Document()
    {
        var text = new StringBuilder("""
            # Errors

            An expected "no" is a refusal with a stable code. Machines get it as RFC 9457 problem details (`application/problem+json`):
            `type` (`/errors#<code>`), `title` = what happened, `status`, `detail` = what to do next, `code`, `rule`, `inquiry` (the number
            a person can name) and the facts in braces below as members of their own. `busy`, `unavailable`, `rate_limited` and `login_throttled` carry
            `Retry-After`. People get the same words on a page. A fault of ours is status 500 with code `fault`.

            Made from `src/Kernel/refusals.csv` by `./mykey check --write`.

            | code | HTTP | 何が起きたか | どの決まりか | つぎに |
            |---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var t in RefusalText.All) text.Append($"| `{t.Code}` | {t.Status} | {t.What} | {t.Rule} | {t.Next} |\n");
        return text.ToString();
    }
}
