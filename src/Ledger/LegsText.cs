using System.Globalization;
using System.Text.Json;

namespace MyKey.Ledger;

/// <summary>Reads the legs of a transfer row back; <see cref="TransferRecord.LegsText"/> writes them.</summary>
internal static class LegsText
{
    public static IReadOnlyList<Leg> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(Leg)];
    }

    private static Leg Leg(JsonElement leg)
    {
        var account = leg[0].GetString()!.Split('.');
        return new Leg(
            new Account((AccountKind)int.Parse(account[0], CultureInfo.InvariantCulture), Account.ReadIssuer(account[1]).Value, Guid.ParseExact(account[2], "N")),
            leg[1].GetString() is { } lot ? new LotId(Guid.ParseExact(lot, "N")) : null,
            leg[2].GetInt64(),
            leg[3].ValueKind == JsonValueKind.Null ? null : leg[3].GetInt64());
    }
}
