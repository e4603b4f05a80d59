using System.Text.Json;

namespace MyKey.Identity.Certificates.Lineage;

/// <summary>
/// <c>GET {root}/lineage/{authority}/{serial}</c> → <c>{"cause": "first"}</c> or <c>{"cause": "renewed" | "reissued", "predecessor":
/// {"authority": …, "serial": …}}</c>. An answer moves an account to another card, so it comes over TLS or from this machine.
/// </summary>
public sealed class HttpSerialLineage(HttpClient http, Uri root, TimeProvider clock) : ISerialLineage
{
    private readonly AskAuthority ask = new(http, root, clock);

    public async Task<LineageAnswer> Before(string authority, string serial, CancellationToken stop) =>
        Read(await ask.Get<Answer>($"lineage/{authority}/{serial}", JsonSerializerOptions.Web, stop), authority, serial);

    private sealed record Answer(string? Cause, Predecessor? Predecessor);

    private sealed record Predecessor(string? Authority, string? Serial);

    private static LineageAnswer Read(Answer? answer, string authority, string serial)
    {
        var cause = answer?.Cause switch { "renewed" => LineageCause.Renewed, "reissued" => LineageCause.Reissued, _ => LineageCause.None };
        if (cause == LineageCause.None) return answer is { Cause: "first", Predecessor: null } ? LineageAnswer.First : LineageAnswer.Unknown;
        var before = answer!.Predecessor;
        var believable = IsHex(before?.Authority, 64, 64) && IsHex(before?.Serial, 1, 40) && (before!.Authority, before.Serial) != (authority, serial);
        return believable ? new LineageAnswer(LineageState.Succeeds, before!.Authority!, before.Serial!, cause) : LineageAnswer.Unknown;
    }

    private static bool IsHex(string? text, int shortest, int longest) =>
        text is not null && text.Length >= shortest && text.Length <= longest && text.All(char.IsAsciiHexDigitLower);
}
