using Dapper;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Vouchers;

/// <summary>A product as an office asks for it.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="Programme">Whose budget pays the premium; null where there is none.</param>
public sealed record WantedProduct(Guid Id, string? Name, VoucherKind? Kind, long Denomination, string? Where, DateOnly? From, DateOnly? Until, int PremiumPercent, ProgrammeId? Programme, bool On);

/// <summary>
/// A municipality adds a product, or changes one: all but the value printed on it (S4-08d). The premium needs no second pair of eyes of its own:
/// the budget that pays it has had them.
/// </summary>
public sealed class SaveProduct(Database database, FindVouchers find, ProgrammeList programmes, OperationLog log)
{
    public const int LongestName = 40;
    public const int LongestWhere = 60;
    public const int MostPercent = 100;
    public const long MostDenomination = 100_000;

    private const string Upsert = """
        insert into pts_voucher_product(id, municipality, name, kind, denomination, good_where, from_day, until_day, premium_percent, programme, state)
        values (@Id, @Municipality, @Name, @Kind, @Denomination, @Where, @From, @Until, @PremiumPercent, @Programme, @State)
        on conflict(id) do update set name = excluded.name, good_where = excluded.good_where, from_day = excluded.from_day, until_day = excluded.until_day,
          premium_percent = excluded.premium_percent, programme = excluded.programme, state = excluded.state
        where pts_voucher_product.municipality = excluded.municipality and pts_voucher_product.kind = excluded.kind and pts_voucher_product.denomination = excluded.denomination
        """;

    /// <returns>
    /// The product; or <c>role_forbidden</c>, <c>field_required</c> (field), <c>too_large</c>, what free text is refused for, <c>amount_format</c>,
    /// <c>out_of_period</c> (from, until), <c>percent_range</c>, <c>not_found</c> for another municipality's product or programme, <c>denomination_fixed</c>.
    /// </returns>
    public async Task<Result<VoucherProduct>> Run(StaffAtWork work, WantedProduct wanted, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var read = Read(work.Office.Code, wanted);
        if (read.Refused is { } unreadable) return unreadable;
        var after = read.Value;
        if (after.Programme is { } payer && (await programmes.Find(payer, stop))?.Municipality != work.Office.Code) return Refusal.Of("not_found");
        var before = await find.Product(wanted.Id, stop);
        if (before == after) return after;
        if (before is not null && before.Municipality != after.Municipality) return Refusal.Of("not_found");
        return await database.WriteOrRefuse<VoucherProduct>(async tx =>
        {
            var row = new
            {
                after.Id, after.Municipality, after.Name, Kind = Words<VoucherKind>.Of(after.Kind), after.Denomination, after.Where, after.From, after.Until, after.PremiumPercent, after.Programme,
                State = Words<VoucherProductState>.Of(after.State),
            };
            if (await tx.Connection.ExecuteAsync(Upsert, row, tx.Handle) == 0) return Refusal.Of("denomination_fixed");
            await log.Write(tx, new Operation("voucher_product.saved", work.Actor, after.Id, Before: before is null ? null : InShort(before), After: InShort(after)));
            return after;
        }, stop);
    }

    private static Result<VoucherProduct> Read(MunicipalityCode municipality, WantedProduct wanted)
    {
        var name = NameText.Read("name", wanted.Name, LongestName);
        if (name.Refused is { } noName) return noName;
        if (wanted.Kind is not { } kind) return Refusal.Of("field_required", ("field", "kind"));
        if (wanted.Denomination is < 1 or > MostDenomination) return Refusal.Of("amount_format");
        var where = NameText.Read("where", wanted.Where, LongestWhere);
        if (where.Refused is { } noPlace) return noPlace;
        if (wanted.From is not { } from) return Refusal.Of("field_required", ("field", "from"));
        if (wanted.Until is not { } until) return Refusal.Of("field_required", ("field", "until"));
        if (until < from) return Periods.Outside(from, until);
        if (wanted.PremiumPercent is < 0 or > MostPercent) return Refusal.Of("percent_range", ("most", (long)MostPercent));
        if (wanted.PremiumPercent > 0 && wanted.Programme is null) return Refusal.Of("field_required", ("field", "programme"));
        return new VoucherProduct(wanted.Id, municipality, name.Value, kind, new Kernel.Points(wanted.Denomination), where.Value, from, until, wanted.PremiumPercent,
            wanted.PremiumPercent > 0 ? wanted.Programme : null, wanted.On ? VoucherProductState.On : VoucherProductState.Off);
    }

    private static string InShort(VoucherProduct p) =>
        $"{p.Municipality} {Words<VoucherKind>.Of(p.Kind)} {p.Denomination} {p.From:yyyy-MM-dd} to {p.Until:yyyy-MM-dd} premium {p.PremiumPercent}% {Words<VoucherProductState>.Of(p.State)} {p.Name}";
}
