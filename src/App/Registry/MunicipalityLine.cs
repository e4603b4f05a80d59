using MyKey.App.Shared.Csv;
using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>One line of the country's list, as the Ministry publishes it or with a column <c>kind</c> of our own.</summary>
internal static class MunicipalityLine
{
    private const int LongestName = 60;

    /// <returns>The municipality as it shall be; or <c>number_format</c>, <c>field_required</c>, <c>field_unknown</c> (field), <c>municipality_unknown</c>, <c>ambiguous_name</c> (name).</returns>
    public static Result<Municipality> Read(CsvRow row, RegistryView known)
    {
        var code = CodeOf(row, known);
        if (code.Refused is { } no) return no;
        var prefecture = Prefectures.NameOf(code.Value);
        if (row["prefecture"].Length > 0 && row["prefecture"] != prefecture) return Refusal.Of("municipality_unknown");
        // The Ministry's list leaves the name of a prefecture's own line empty.
        var name = NameText.Read("name", code.Value.IsPrefecture && row["name"].Length == 0 ? prefecture : row["name"], LongestName);
        if (name.Refused is { } bad) return bad;
        var kind = KindOf(code.Value, name.Value, row["kind"]);
        if (kind.Refused is { } unknown) return unknown;
        var old = known.Find(code.Value);
        var kana = row["kana"].Length is > 0 and <= LongestName ? row["kana"] : old?.Kana ?? "";
        return old is null
            ? new Municipality(code.Value, prefecture, name.Value, kana, kind.Value, null, IssuerKind.Public, null, null, null, MunicipalityState.Listed)
            : old with { Prefecture = prefecture, Name = name.Value, Kana = kana, Kind = kind.Value };
    }

    // Without a code the line can only mean a municipality that is known, and only where the name is unique (Y-D1).
    private static Result<MunicipalityCode> CodeOf(CsvRow row, RegistryView known) => row["code"].Length > 0
        ? MunicipalityCode.Read(row["code"])
        : known.Resolve("", row["prefecture"], row["name"]).Then<MunicipalityCode>(m => m.Code);

    private static Result<MunicipalityKind> KindOf(MunicipalityCode code, string name, string word)
    {
        if (code.IsPrefecture) return word is "" or "prefecture" or "都道府県" ? MunicipalityKind.Prefecture : Refusal.Of("number_format");
        var kind = word switch
        {
            "" => ByName(code, name),
            "指定都市" or "政令指定都市" => MunicipalityKind.DesignatedCity,
            "市" => MunicipalityKind.City,
            "特別区" => MunicipalityKind.SpecialWard,
            "町" => MunicipalityKind.Town,
            "村" => MunicipalityKind.Village,
            "区" or "行政区" or "designated_city_ward" => MunicipalityKind.Ward,
            _ => Words<MunicipalityKind>.Find(word),
        };
        return kind is null ? Refusal.Of("field_unknown", ("field", word.Length > 0 ? word : "kind"))
            : kind == MunicipalityKind.Prefecture ? Refusal.Of("number_format")
            : kind.Value;
    }

    private static MunicipalityKind? ByName(MunicipalityCode code, string name) => name[^1] switch
    {
        // Designated cities and the wards of Tokyo have bodies below 200.
        '市' => code.Value[2] == '1' ? MunicipalityKind.DesignatedCity : MunicipalityKind.City,
        '区' => code.Prefecture == 13 ? MunicipalityKind.SpecialWard : MunicipalityKind.Ward,
        '町' => MunicipalityKind.Town,
        '村' => MunicipalityKind.Village,
        _ => null,
    };
}
