using Dapper;
using MyKey.App.Shared;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Registry;

/// <summary>What a support corner is in (S2-P4d, S2-P2e, S2-P5).</summary>
public enum SupportPlaceKind { Office, ShoppingStreet, AntennaShop, TouristOffice, Bank, Other }

/// <summary>What is done there.</summary>
public enum SupportHelp { IssueId, LinkCards, ExchangePoints, Questions }

public enum SupportPlaceState { Open, Closed }

/// <summary>A place where people are helped in person (支援コーナー). An address is the place's, nobody's own.</summary>
/// <param name="Place">Where it is, as people find it.</param>
/// <param name="Phone">May be empty.</param>
public sealed record SupportPlace(Guid Id, MunicipalityCode Municipality, SupportPlaceKind Kind, string Name, string Place, OpeningHours Hours, IReadOnlyList<SupportHelp> Services, string Phone,
    DateOnly FromOn, DateOnly? UntilOn, SupportPlaceState State)
{
    /// <summary>It is there on this day, whether open or not.</summary>
    public bool IsOn(DateOnly day) => State == SupportPlaceState.Open && FromOn <= day && (UntilOn is null || day <= UntilOn);

    public static string Word(SupportPlaceKind kind) => kind switch
    {
        SupportPlaceKind.Office => "役所・役場",
        SupportPlaceKind.ShoppingStreet => "商店街",
        SupportPlaceKind.AntennaShop => "アンテナショップ",
        SupportPlaceKind.TouristOffice => "観光案内所",
        SupportPlaceKind.Bank => "銀行",
        _ => "そのほか",
    };

    public static string Word(SupportHelp service) => service switch
    {
        SupportHelp.IssueId => "マイキーIDをつくる手伝い",
        SupportHelp.LinkCards => "利用者カードをつなぐ手伝い",
        SupportHelp.ExchangePoints => "ポイント交換の手伝い",
        _ => "使い方の相談",
    };
}

/// <summary>What is to be saved, as typed.</summary>
public sealed record WantedSupportPlace(Guid Id, MunicipalityCode Municipality, SupportPlaceKind Kind, string? Name, string? Place, string? Hours, IReadOnlyList<SupportHelp> Services, string? Phone, DateOnly FromOn, DateOnly? UntilOn,
    SupportPlaceState State);

/// <summary>Support corners: few, read seldom, so straight from their table.</summary>
public sealed class SupportPlaces(Database database, RegistryCache registry, OperationLog log)
{
    private const int LongestName = 60, LongestPlace = 200, Most = 500;

    private const string All = "select id, municipality, kind, name, place, hours, services, telephone, from_on, until_on, state from reg_support_place";

    private const string Upsert = """
        insert into reg_support_place(id, municipality, kind, name, place, hours, services, telephone, from_on, until_on, state)
        values (@Id, @Municipality, @Kind, @Name, @Place, @Hours, @Services, @Telephone, @FromOn, @UntilOn, @State)
        on conflict(id) do update set kind = excluded.kind, name = excluded.name, place = excluded.place, hours = excluded.hours, services = excluded.services, telephone = excluded.telephone,
          from_on = excluded.from_on, until_on = excluded.until_on, state = excluded.state where reg_support_place.municipality = excluded.municipality
        """;

    /// <returns>Those of one municipality, or of all; by municipality and name.</returns>
    public async Task<IReadOnlyList<SupportPlace>> Of(MunicipalityCode? municipality, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        var rows = await connection.QueryAsync<Row>($"{All} where (@code is null or municipality = @code) order by municipality, name, id limit @Most", new { code = municipality?.Value, Most });
        return [.. rows.Select(r => r.Read())];
    }

    /// <returns>The place; <c>field_required</c> (name, place, hours, services), <c>hours_format</c> (line), <c>period_format</c>, <c>not_found</c> for another municipality's, <c>too_large</c>, and what free text is refused for.</returns>
    public async Task<Result<SupportPlace>> Save(WantedSupportPlace wanted, Actor by, CancellationToken stop = default)
    {
        var (name, place) = (NameText.Read("name", wanted.Name, LongestName), NameText.Read("place", wanted.Place, LongestPlace));
        if ((name.Refused ?? place.Refused) is { } no) return no;
        if (string.IsNullOrWhiteSpace(wanted.Hours)) return Refusal.Of("field_required", ("field", "hours"));
        var hours = OpeningHours.Read(wanted.Hours);
        if (hours.Refused is { } unreadable) return unreadable;
        if (wanted.Services.Count == 0) return Refusal.Of("field_required", ("field", "services"));
        if (wanted.UntilOn < wanted.FromOn) return Refusal.Of("period_format");
        var phone = PhoneText.Read(wanted.Phone);
        if (phone.Refused is { } noNumber) return noNumber;
        var after = new SupportPlace(wanted.Id, wanted.Municipality, wanted.Kind, name.Value, place.Value, hours.Value, [.. wanted.Services.Distinct().Order()], phone.Value, wanted.FromOn, wanted.UntilOn, wanted.State);
        return await registry.Change<SupportPlace>(async (tx, _) =>
        {
            var rows = await tx.Connection.ExecuteAsync(Upsert, new
            {
                after.Id, after.Municipality, Kind = Words<SupportPlaceKind>.Of(after.Kind), after.Name, after.Place, Hours = after.Hours.ToString(), Services = string.Join(' ', after.Services.Select(Words<SupportHelp>.Of)),
                Telephone = after.Phone, after.FromOn, after.UntilOn, State = Words<SupportPlaceState>.Of(after.State),
            }, tx.Handle);
            if (rows == 0) return Refusal.Of("not_found");
            await PlaceIndex.Save(tx, new Place(0, after.Id, PlaceSource.Support, after.Municipality, Place.Support, after.Name,
                new PlaceDetails(Address: after.Place, Hours: after.Hours.ToString(), Phone: after.Phone, From: after.FromOn), after.UntilOn, null, after.State == SupportPlaceState.Open));
            await log.Write(tx, new Operation("support_place.saved", by, after.Id, After: $"{after.Municipality} {Words<SupportPlaceKind>.Of(after.Kind)} {Words<SupportPlaceState>.Of(after.State)} {after.Name}"));
            return after;
        }, stop);
    }

    private sealed record Row
    {
        public Guid Id { get; init; }
        public MunicipalityCode Municipality { get; init; }
        public string Kind { get; init; } = "";
        public string Name { get; init; } = "";
        public string Place { get; init; } = "";
        public string Hours { get; init; } = "";
        public string Services { get; init; } = "";
        public string Telephone { get; init; } = "";
        public DateOnly FromOn { get; init; }
        public DateOnly? UntilOn { get; init; }
        public string State { get; init; } = "";

        public SupportPlace Read() => new(Id, Municipality, Words<SupportPlaceKind>.Stored(Kind), Name, Place, OpeningHours.Read(Hours).Value, [.. Services.Split(' ').Select(Words<SupportHelp>.Stored)], Telephone, FromOn, UntilOn,
            Words<SupportPlaceState>.Stored(State));
    }
}
