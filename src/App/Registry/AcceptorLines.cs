using MyKey.App.Shared.Csv;
using MyKey.App.Shared.Web;
using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>A line of a file of acceptors as it shall be. What is empty in the file is empty afterwards.</summary>
/// <param name="Id">Of the acceptor that it is already, or a new one.</param>
/// <param name="Before">The place as it is; null: a new one.</param>
internal sealed record AcceptorLine(int Line, AcceptorId Id, string OwnNo, AcceptorKind Kind, string Name, AcceptorState State, PlaceDetails Details, (Place Place, AcceptorState State)? Before)
{
    public ImportOutcome Outcome => Before is not { } before ? ImportOutcome.Added
        : before.Place.Name == Name && before.Place.Details == Details && before.State == State ? ImportOutcome.Unchanged : ImportOutcome.Changed;
}

/// <summary>Reads the lines of a file of acceptors. What keys a line is the office's own number of the shop, never its name.</summary>
internal sealed class AcceptorLines(RegistryView view, MunicipalityCode office, IReadOnlyDictionary<string, (Place Place, AcceptorState State)> known, TimeProvider clock)
{
    public const int LongestOwnNo = 20;

    public static readonly CsvColumn[] Columns =
    [
        new("番号", true, "number", "own_no"), new("名前", true, "name", "店名", "名称"), new("種類", true, "kind"), new("カナ", false, "kana", "よみ"), new("旧名", false, "old_names", "前の名前"),
        new("団体コード", false, "code", "自治体コード"), new("都道府県", false, "prefecture"), new("市区町村", false, "municipality", "自治体"), new("住所", false, "address", "所在地"), new("行き方", false, "access"),
        new("開いている時間", false, "hours", "営業時間"), new("電話", false, "phone"), new("ウェブ", false, "web", "url"), new("使い方", false, "ways"), new("はじめの日", false, "from"), new("ようす", false, "state", "状態"),
    ];

    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    /// <summary>Whether an office may call a shop so in its own list.</summary>
    public static bool IsOwnNo(string text) => text.Length <= LongestOwnNo && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <returns>
    /// The line; <c>field_required</c>, <c>number_format</c> (a number or a day), <c>line_twice</c>, <c>municipality_unknown</c>, <c>ambiguous_name</c>, <c>municipality_other</c>,
    /// <c>field_unknown</c> (kind, state, ways), <c>acceptor_type_forbidden</c>, <c>kind_fixed</c>, and what names and details are refused for.
    /// </returns>
    public Result<AcceptorLine> Read(CsvRow row)
    {
        var own = Typed.HalfWidth(row["番号"]);
        if (own.Length == 0) return Refusal.Of("field_required", ("field", "番号"));
        if (!IsOwnNo(own)) return Refusal.Of("number_format", ("field", "番号"));
        if (!seen.Add(own)) return Refusal.Of("line_twice", ("number", own));
        if (Place(row) is { } elsewhere) return elsewhere;
        var name = NameText.Read("名前", row["名前"], RegisterAcceptor.LongestName);
        if (name.Refused is { } unnamed) return unnamed;
        var kind = Kind(row["種類"]);
        if (kind.Refused is { } noKind) return noKind;
        var before = known.TryGetValue(own, out var there) ? there : default((Place Place, AcceptorState State)?);
        if (before is { } old && old.Place.Kind != kind.Value.Code) return Refusal.Of("kind_fixed");
        if (State(row["ようす"]) is not { } state) return Refusal.Of("field_unknown", ("field", "ようす"));
        var from = row["はじめの日"];
        if (from.Length > 0 && TypedDay.Read(from) is null) return Refusal.Of("number_format", ("field", "はじめの日"));
        var details = new PlaceEntry(row["カナ"], row["旧名"], row["住所"], row["行き方"], row["開いている時間"], row["電話"], row["ウェブ"], Ways(row["使い方"]), TypedDay.Read(from)).Read();
        return details.Refused is { } unclear ? unclear
            : new AcceptorLine(row.Line, before is { } mine ? new AcceptorId(mine.Place.Id) : Ids.New<AcceptorId>(clock), own, kind.Value, name.Value, state, details.Value, before);
    }

    /// <summary>A line may name its municipality; it has to be the office's own.</summary>
    private Refusal? Place(CsvRow row)
    {
        if (row["団体コード"].Length == 0 && row["市区町村"].Length == 0) return null;
        var named = view.Resolve(row["団体コード"], row["都道府県"], row["市区町村"]);
        return named.Refused ?? (named.Value.Code == office ? null : Refusal.Of("municipality_other"));
    }

    private static Result<AcceptorKind> Kind(string word) => word.Length == 0 ? Refusal.Of("field_required", ("field", "種類"))
        : AcceptorKind.Find(AcceptorKind.All.FirstOrDefault(k => k.Name == word)?.Code ?? word);

    private static AcceptorState? State(string word) => word switch { "" or "使える" => AcceptorState.Active, "休み" => AcceptorState.Suspended, "閉店" => AcceptorState.Closed, _ => Words<AcceptorState>.Find(word) };

    private static string[] Ways(string text) => [.. text.Split([' ', '　', '、', '・'], StringSplitOptions.RemoveEmptyEntries)
        .Select(w => w switch { "端末" => "terminal", "券" or "ポイント券" => "ticket", "サイト" or "ネット" => "online", "係" or "係の人" => "staff", _ => w })];
}
