using System.Text;
using MyKey.App.Settlement;

namespace MyKey.Tests.App.Settlement;

/// <summary>Goal: what goes to the bank is right byte by byte, or nothing goes.</summary>
public class ZenginTests
{
    private static readonly DateOnly Monday = new(2026, 3, 2);

    private static readonly BankAccount Own = new("0001", "ｱｵｲ", "002", "ﾎﾝﾃﾝ", DepositKind.Current, "0000123", "ｴ-ｼ");

    private static readonly ZenginPayer Payer = new("0000000042", "ｴ-ｼ", Own);

    private static readonly BankAccount Shop = new("0003", "ﾐﾄﾞﾘ", "004", "ｴｷﾏｴ", DepositKind.Ordinary, "7654321", "ｶ)ﾊﾟﾝﾔ");

    [Theory]
    [InlineData("ミドリギンコウ", "ﾐﾄﾞﾘｷﾞﾝｺｳ")]
    [InlineData("みどり", "ﾐﾄﾞﾘ")]
    [InlineData("ﾐﾄﾞﾘ", "ﾐﾄﾞﾘ")]
    [InlineData("株式会社パンヤ", "ｶ)ﾊﾟﾝﾔ")]
    [InlineData("パンヤ株式会社", "ﾊﾟﾝﾔ(ｶ")]
    [InlineData("アオイ有限会社エキマエ", "ｱｵｲ(ﾕ)ｴｷﾏｴ")]
    [InlineData("ショップ・キャット", "ｼﾖﾂﾌﾟ.ｷﾔﾂﾄ")]
    [InlineData("コーヒー　ａｂｃ　１２", "ｺ-ﾋ- ABC 12")]
    [InlineData("ヲ", "ｵ")]
    public void S2_P6e_names_become_what_banks_write(string typed, string written) => Assert.Equal(written, ZenginText.Read("holder", typed, 30).Value);

    [Theory]
    [InlineData("田中パン", "bank_format")]
    [InlineData("パン＆カフェ", "bank_format")]
    [InlineData("カナ\tabc\u0001", "bank_format")]
    [InlineData("アアアアアアアアアアアアアアアアアアアアアアアアアアアアアアア", "bank_format")]
    [InlineData("　", "field_required")]
    public void S2_P6e_what_no_bank_can_write_is_refused(string typed, string code) => Assert.Equal(code, ZenginText.Read("holder", typed, 30).Refused?.Code);

    [Theory]
    [InlineData("0003", "004", "7654321", null)]
    [InlineData("０００３", "００４", "21", null)]
    [InlineData("3", "004", "7654321", "bank")]
    [InlineData("0003", "4", "7654321", "branch")]
    [InlineData("0003", "004", "76543210", "number")]
    [InlineData("0003", "004", "76a", "number")]
    public void S2_P6e_numbers_have_their_digits(string bank, string branch, string number, string? wrong)
    {
        var read = BankAccount.Read(new BankAccountEntry(bank, "ミドリ", branch, "エキマエ", "ordinary", number, "パンヤ"));
        Assert.Equal(wrong, read.Refused?.Fact<string>("field"));
        if (read.Ok) Assert.Equal(7, read.Value.Number.Length);
    }

    [Fact]
    public void S2_P8b_each_byte_stands_where_the_format_says()
    {
        var file = ZenginFile.Write(Payer, Monday, [new(Shop, 1_234, 1, First: true), new(Shop with { Number = "0000001" }, 9_999_999_999, 2, First: false)]).Value;

        Assert.Equal(5 * 120, file.Length);
        Assert.Equal(Pad("12100000000042" + "ｴ-ｼ".PadRight(40) + "0302" + "0001" + "ｱｵｲ".PadRight(15) + "002" + "ﾎﾝﾃﾝ".PadRight(15) + "2" + "0000123"), Record(file, 0));
        Assert.Equal(Pad("20003" + "ﾐﾄﾞﾘ".PadRight(15) + "004" + "ｴｷﾏｴ".PadRight(15) + "0000" + "1" + "7654321" + "ｶ)ﾊﾟﾝﾔ".PadRight(30) + "0000001234" + "1" + "0000000001" + "0000000000" + "7"), Record(file, 1));
        Assert.Equal("9999999999", Record(file, 2).Substring(80, 10));
        Assert.Equal(Pad("8000002010000001233"), Record(file, 3));
        Assert.Equal(Pad("9"), Record(file, 4));
        // ｱ is 0xB1 of JIS X 0201, and so of the bank's bytes.
        Assert.Equal(0xB1, file[62]);
    }

    [Theory]
    [InlineData(false, false, 4 * 120)]
    [InlineData(true, false, 4 * 122)]
    [InlineData(true, true, 4 * 122 + 1)]
    public void S2_P8b_what_is_written_is_read_by_a_reader_of_its_own_however_the_bank_wants_it(bool lineEnds, bool endMark, int bytes)
    {
        var file = ZenginFile.Write(Payer with { LineEnds = lineEnds, EndMark = endMark }, Monday, [new(Shop, 500, 7, First: false)]).Value;
        Assert.Equal(bytes, file.Length);
        var read = ZenginReading.Read(file).Value;
        Assert.Equal(("0000000042", "0302", "0001", "002", "0000123", 500L), (read.PayerCode, read.MonthDay, read.Bank, read.Branch, read.Account, read.Total));
        Assert.Equal(new ReadTransfer(2, "0003", "004", '1', "7654321", "ｶ)ﾊﾟﾝﾔ", 500, 7, ' '), read.Transfers.Single());
    }

    [Theory]
    [InlineData(0L, "bank_format")]
    [InlineData(10_000_000_000L, "bank_format")]
    public void S2_P8b_one_bad_record_refuses_the_whole_file(long amount, string code)
    {
        var refused = ZenginFile.Write(Payer, Monday, [new(Shop, 500, 1, First: false), new(Shop, amount, 2, First: false)]).Refused;
        Assert.Equal((code, 2), (refused?.Code, refused?.Fact<int>("record")));
    }

    [Theory]
    [InlineData(2026, 3, 1, false)]
    [InlineData(2026, 3, 2, true)]
    [InlineData(2026, 3, 20, false)]
    [InlineData(2026, 12, 30, true)]
    [InlineData(2026, 12, 31, false)]
    [InlineData(2027, 1, 2, false)]
    [InlineData(2027, 1, 3, false)]
    [InlineData(2027, 1, 4, true)]
    public void S2_P8b_banks_pay_on_their_days_only(int year, int month, int day, bool open)
    {
        var date = new DateOnly(year, month, day);
        Assert.Equal(open, BankDays.Is(date));
        Assert.Equal(open ? null : "bank_day", ZenginFile.Write(Payer, date, [new(Shop, 500, 1, First: false)]).Refused?.Code);
    }

    [Fact]
    public void S2_Q3_no_byte_of_a_file_may_be_another()
    {
        var good = ZenginFile.Write(Payer, Monday, [new(Shop, 500, 1, First: false), new(Shop, 700, 2, First: false)]).Value;
        for (var at = 0; at < good.Length; at++)
        {
            var bad = (byte[])good.Clone();
            // A small kana stands nowhere; neither does a control character.
            foreach (var wrong in (byte[])[0xA7, 0x0A])
            {
                bad[at] = wrong;
                var refused = ZenginReading.Read(bad).Refused;
                Assert.Equal((at, "bank_file_bad", at / 120 + 1, at % 120 + 1), (at, refused?.Code, refused?.Fact<int>("record"), refused?.Fact<int>("position")));
            }
        }
        foreach (var (record, position, digit) in (List<(int, int, char)>)[(1, 90, '9'), (3, 7, '3'), (3, 19, '9')])
        {
            var bad = (byte[])good.Clone();
            bad[record * 120 + position - 1] = (byte)digit;
            Assert.Equal("bank_file_bad", ZenginReading.Read(bad).Refused?.Code);
        }
        Assert.Equal("bank_file_bad", ZenginReading.Read(good.AsMemory(..(good.Length - 1))).Refused?.Code);
        Assert.Equal("bank_file_bad", ZenginReading.Read(Array.Empty<byte>()).Refused?.Code);
        Assert.Equal("bank_file_bad", ZenginReading.Read(new byte[10_000_000]).Refused?.Code);
    }

    private static string Record(byte[] file, int no) => string.Concat(Encoding.Latin1.GetString(file, no * 120, 120).Select(c => c >= 0xA1 ? (char)(c - 0xA1 + 0xFF61) : c));

    private static string Pad(string start) => start.PadRight(120);
}
