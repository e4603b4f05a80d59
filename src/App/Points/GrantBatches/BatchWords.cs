using System.Text;
using MyKey.App.Shared.Csv;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.GrantBatches;

/// <summary>A file of grants in the words of the office.</summary>
public static class BatchWords
{
    public static string Of(BatchStage stage) => stage switch
    {
        BatchStage.Stored => "まだ付与していません",
        BatchStage.Waiting => "承認を待っています",
        BatchStage.Running => "付与しています",
        _ => "終わりました",
    };

    public static string Of(BatchRowState state) => state switch { BatchRowState.Open => "付与できます", BatchRowState.Posted => "付与しました", _ => "付与できません" };

    public static string Of(GrantBatchRow row) => !row.Capped ? Of(row.State) : row.State == BatchRowState.Posted ? "残りだけ付与しました" : "残りだけ付与します";

    /// <summary>What is to be said of a line beside its state, or empty.</summary>
    public static string Remark(GrantBatchRow row) => row.State == BatchRowState.Refused ? Fault(row)
        : row.Capped ? $"1年の上限があるので、{Shared.Components.Words.Digits(row.Points)}ポイントだけです。" : "";

    /// <summary>What is wrong with a line and how to mend it.</summary>
    public static string Fault(GrantBatchRow row)
    {
        if (row.SameLine > 0) return $"{row.SameLine}行目と同じ人です。1回の活動に付与できるのは1人1回です。この行を消してください。";
        if (row.Code == "field_required") return $"{JudgeRows.OccasionColumn}が入っていません。何の活動かを入れてください。";
        var (what, _, next) = Refusal.Of(row.Code).Sentences();
        return $"{what}。{next}。";
    }
}

/// <summary>The lines of a file with what became of each, to keep.</summary>
public sealed class BatchCsv(FindBatches find)
{
    private const int AtOnce = 5_000;

    public async Task<byte[]> Of(GrantBatch batch, RowsShown shown, CancellationToken stop)
    {
        var text = new StringBuilder(CsvText.Row("行", "マイキーID", "ポイント", "行事", "結果", "理由", "コード", "付与するポイント", "整理番号"));
        for (var after = 0; await find.Rows(batch, shown, after, AtOnce, stop) is { Count: > 0 } rows; after = rows[^1].Line)
            foreach (var row in rows)
                text.Append(CsvText.Row($"{row.Line}", row.ShownId, row.ShownPoints, row.Occasion, BatchWords.Of(row), BatchWords.Remark(row), row.Code, $"{row.Points}", row.Reference));
        return CsvText.File(text.ToString());
    }
}
