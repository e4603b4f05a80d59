using MyKey.App.Vouchers;
using MyKey.Kernel;

namespace MyKey.Tests.App.Vouchers;

/// <summary>Goal: numbers as printers print them, and exchanges that come out in whole sheets.</summary>
public class VoucherRunTests
{
    [Theory]
    [InlineData("A-0101", "A-0110", "A-0101～A-0110", 10)]
    [InlineData("ａ－０１０１", "Ａ－０１１０", "A-0101～A-0110", 10)]
    [InlineData("7", "", "7", 1)]
    [InlineData("A-99", "A-101", "A-99～A-101", 3)]
    [InlineData("9", "10", "9～10", 2)]
    [InlineData("券00099", "券00101", "券00099～券00101", 3)]
    public void S4_08c_a_book_of_numbers_is_read(string first, string last, string shown, long count)
    {
        var run = VoucherRun.Read(first, last).Value;
        Assert.Equal((shown, count), (run.ToString(), run.Count));
        Assert.Equal(count, run.Single().Count());
    }

    [Theory]
    [InlineData("A-0110", "A-0101", "voucher_number_format")]
    [InlineData("A-0101", "B-0102", "voucher_number_format")]
    [InlineData("A-99", "A-0100", "voucher_number_format")]
    [InlineData("A-", "", "voucher_number_format")]
    [InlineData("", "", "voucher_number_format")]
    [InlineData("A_01", "", "voucher_number_format")]
    [InlineData("12345678901", "", "voucher_number_format")]
    [InlineData("1234-56789018", "", "my_number_refused")]
    public void S4_08c_what_is_no_book_is_refused(string first, string last, string code) => Assert.Equal(code, VoucherRun.Read(first, last).Refused?.Code);

    [Fact]
    public void S4_08c_numbers_in_any_order_are_joined_and_none_counts_twice()
    {
        Assert.Equal("A-03～A-05、A-09、B-10～B-11", VoucherRun.Words(VoucherRun.ReadAll("B-11、A-09\nA-04～A-05, A-03", "B-10").Value));
        Assert.Equal("voucher_number_twice", VoucherRun.ReadAll("A-01～A-03、A-03").Refused?.Code);
        Assert.Equal("voucher_number_twice", VoucherRun.ReadAll("A-01、A-001").Refused?.Code);
        Assert.Equal("voucher_number_format", VoucherRun.ReadAll("A-01～A-02～A-03").Refused?.Code);
        Assert.Empty(VoucherRun.ReadAll(" ", "\n").Value);
    }

    /// <summary>Sheets of 500 yen: the smallest number of points that comes out whole, and what comes out of it.</summary>
    [Theory]
    [InlineData(0, 500, 0, 1)]
    [InlineData(10, 5000, 500, 11)]
    [InlineData(20, 2500, 500, 6)]
    [InlineData(50, 1000, 500, 3)]
    [InlineData(100, 500, 500, 2)]
    [InlineData(7, 50000, 3500, 107)]
    public void S2_P8h_with_a_premium_whole_sheets_come_out(int percent, long unit, long premium, long count)
    {
        var product = new VoucherProduct(Guid.NewGuid(), MunicipalityCode.Of("132985"), "お買物券", VoucherKind.Shopping, new Points(500), "商店街", new DateOnly(2017, 12, 1), new DateOnly(2017, 12, 31), percent,
            null, VoucherProductState.On);
        Assert.Equal(unit, product.Unit);
        Assert.Equal(new VoucherAmount(new Points(unit), new Points(premium), count), product.For(new Points(unit)).Value);
        Assert.Equal(new VoucherAmount(new Points(3 * unit), new Points(3 * premium), 3 * count), product.For(new Points(3 * unit)).Value);
        Assert.Equal(("amount_unit", unit), (product.For(new Points(unit + 1)).Refused!.Code, product.For(new Points(unit + 1)).Refused!.Fact<long>("unit")));
    }

    [Fact]
    public void S4_08d_a_product_has_its_days_and_can_rest()
    {
        var product = new VoucherProduct(Guid.NewGuid(), MunicipalityCode.Of("132985"), "駐車券", VoucherKind.Parking, new Points(100), "駐車場", new DateOnly(2017, 12, 2), new DateOnly(2017, 12, 3), 0, null, VoucherProductState.On);
        Assert.Equal(["not_started", null, null, "out_of_period"], Enumerable.Range(1, 4).Select(day => product.Against(new DateOnly(2017, 12, day))?.Code));
        Assert.Equal("voucher_off", (product with { State = VoucherProductState.Off }).Against(new DateOnly(2017, 12, 2))?.Code);
    }
}
