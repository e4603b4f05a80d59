using System.Globalization;
using System.Text;
using MyKey.Kernel;

namespace MyKey.App.Settlement;

/// <summary>Whoever orders transfers (振込依頼人), with the account that they are taken from.</summary>
/// <param name="Code">10 digits, given by the bank.</param>
/// <param name="Name">Up to 40 bytes, as <see cref="ZenginText.Read"/> gives it.</param>
/// <param name="LineEnds">This bank wants CR LF behind each record; <paramref name="EndMark"/>: and 0x1A at the end.</param>
public sealed record ZenginPayer(string Code, string Name, BankAccount Account, bool LineEnds = false, bool EndMark = false)
{
    public const int CodeDigits = 10, NameBytes = 40;
}

/// <param name="Number">Ours, up to 10 digits: it stands in 顧客コード1, and comes back with the result.</param>
/// <param name="First">Nobody was paid there before (新規コード).</param>
public sealed record ZenginTransfer(BankAccount To, long Amount, long Number, bool First);

/// <summary>総合振込 of the Japanese Bankers Association: records of 120 bytes, header 1, data 2, trailer 8, end 9 (formats §2).</summary>
public static class ZenginFile
{
    public const int RecordBytes = 120, MostTransfers = 999_999;

    public const long MostAmount = 9_999_999_999, MostTotal = 999_999_999_999;

    /// <returns>The file; <c>bank_format</c> (field, record) for the whole of it where one record can't be written, <c>bank_day</c> for a day on which banks are closed.</returns>
    public static Result<byte[]> Write(ZenginPayer payer, DateOnly day, IReadOnlyList<ZenginTransfer> transfers)
    {
        if (!BankDays.Is(day)) return Refusal.Of("bank_day");
        if (transfers.Count is 0 or > MostTransfers) return Bad("count", 0);
        for (var i = 0; i < transfers.Count; i++)
        {
            if (transfers[i].Amount is < 1 or > MostAmount) return Bad("amount", i + 1);
            if (transfers[i].Number is < 0 or > MostAmount) return Bad("number", i + 1);
        }
        var total = transfers.Sum(t => t.Amount);
        if (total > MostTotal) return Bad("total", 0);

        using var file = new MemoryStream();
        Put(file, payer, Header(payer, day));
        foreach (var transfer in transfers) Put(file, payer, Data(transfer));
        Put(file, payer, new Record('8').Number(transfers.Count, 6).Number(total, 12));
        Put(file, payer, new Record('9'));
        if (payer.EndMark) file.WriteByte(0x1A);
        return file.ToArray();
    }

    private static Record Header(ZenginPayer payer, DateOnly day) => new Record('1').Text("21").Text("0").Text(payer.Code).Name(payer.Name, ZenginPayer.NameBytes).Text(day.ToString("MMdd", CultureInfo.InvariantCulture))
        .Text(payer.Account.Bank).Name(payer.Account.BankName, BankAccount.PlaceBytes).Text(payer.Account.Branch).Name(payer.Account.BranchName, BankAccount.PlaceBytes).Number((int)payer.Account.Kind, 1).Text(payer.Account.Number);

    private static Record Data(ZenginTransfer t) => new Record('2').Text(t.To.Bank).Name(t.To.BankName, BankAccount.PlaceBytes).Text(t.To.Branch).Name(t.To.BranchName, BankAccount.PlaceBytes).Text("0000")
        .Number((int)t.To.Kind, 1).Text(t.To.Number).Name(t.To.Holder, BankAccount.HolderBytes).Number(t.Amount, 10).Text(t.First ? "1" : "0").Number(t.Number, 10).Number(0, 10).Text("7");

    private static void Put(MemoryStream file, ZenginPayer payer, Record record)
    {
        file.Write(record.Bytes);
        if (payer.LineEnds) file.Write("\r\n"u8);
    }

    private static Refusal Bad(string field, int record) => Refusal.Of("bank_format", ("field", field), ("record", record));

    /// <summary>Fields one after the other; what is left of it are spaces.</summary>
    private sealed class Record
    {
        private readonly byte[] bytes = new byte[RecordBytes];
        private int at;

        public Record(char kind)
        {
            bytes.AsSpan().Fill((byte)' ');
            bytes[at++] = (byte)kind;
        }

        public ReadOnlySpan<byte> Bytes => bytes;

        public Record Text(string text)
        {
            at += Encoding.ASCII.GetBytes(text, bytes.AsSpan(at));
            return this;
        }

        public Record Number(long number, int digits) => Text(number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0'));

        public Record Name(string name, int length)
        {
            ZenginText.Write(name, bytes.AsSpan(at, length));
            at += length;
            return this;
        }
    }
}
