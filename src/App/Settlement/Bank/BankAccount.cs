using MyKey.App.Registry;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>預金種目, as the number in a bank's file.</summary>
public enum DepositKind { Ordinary = 1, Current = 2, Savings = 4, Other = 9 }

/// <summary>An account as somebody types it from a passbook: numbers may be full-width, names may be hiragana.</summary>
/// <param name="Bank">4 digits; <paramref name="Branch"/> 3, <paramref name="Number"/> up to 7.</param>
/// <param name="Kind"><c>ordinary</c>, <c>current</c>, <c>savings</c>, <c>other</c>.</param>
public sealed record BankAccountEntry(string? Bank, string? BankName, string? Branch, string? BranchName, string? Kind, string? Number, string? Holder);

/// <summary>An account of a bank (formats §2).</summary>
/// <param name="BankName">Up to 15 bytes, like <paramref name="BranchName"/>; <paramref name="Holder"/> up to 30. As <see cref="ZenginText.Read"/> gives them.</param>
public sealed record BankAccount(string Bank, string BankName, string Branch, string BranchName, DepositKind Kind, string Number, string Holder)
{
    public const int BankDigits = 4, BranchDigits = 3, NumberDigits = 7, PlaceBytes = 15, HolderBytes = 30;

    private const int TailDigits = 3;

    /// <summary>What screens show of the number.</summary>
    public string Tail => Number[^TailDigits..];

    /// <returns><c>field_required</c> (field), <c>bank_format</c> (field).</returns>
    public static Result<BankAccount> Read(BankAccountEntry typed)
    {
        var (bank, branch, number) = (Digits("bank", typed.Bank, BankDigits), Digits("branch", typed.Branch, BranchDigits), Digits("number", typed.Number, NumberDigits, fill: true));
        var (bankName, branchName, holder) = (ZenginText.Read("bankName", typed.BankName, PlaceBytes), ZenginText.Read("branchName", typed.BranchName, PlaceBytes), ZenginText.Read("holder", typed.Holder, HolderBytes));
        if ((bank.Refused ?? bankName.Refused ?? branch.Refused ?? branchName.Refused ?? number.Refused ?? holder.Refused) is { } no) return no;
        if (Words<DepositKind>.Find(typed.Kind ?? "") is not { } kind) return Refusal.Of("field_unknown", ("field", "kind"));
        return new BankAccount(bank.Value, bankName.Value, branch.Value, branchName.Value, kind, number.Value, holder.Value);
    }

    /// <param name="fill">Account numbers are told without their leading zeros.</param>
    internal static Result<string> Digits(string field, string? typed, int count, bool fill = false)
    {
        var text = Typed.HalfWidth(string.Concat((typed ?? "").Where(c => !char.IsWhiteSpace(c) && c is not '-')));
        if (text.Length == 0) return Refusal.Of("field_required", ("field", field));
        if (!text.All(char.IsAsciiDigit) || text.Length > count || (!fill && text.Length < count)) return Refusal.Of("bank_format", ("field", field));
        return text.PadLeft(count, '0');
    }
}
