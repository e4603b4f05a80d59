using MyKey.App.Shared;
using MyKey.Kernel;

namespace MyKey.App.Registry;

/// <summary>What a place is a row of.</summary>
public enum PlaceSource { Acceptor, Provider, Support }

/// <summary>How points are taken at an acceptor.</summary>
public enum TakingWay { Terminal, Ticket, Online, Staff }

/// <summary>What an office tells everybody about a place beside its name and kind (S0-1008). What is not known is empty.</summary>
/// <param name="Kana">How the name is read.</param>
/// <param name="OldNames">What it was called before, with 、 between.</param>
/// <param name="Address">The place's own, nobody's home.</param>
/// <param name="Access">How to get there.</param>
/// <param name="Hours">As <see cref="OpeningHours"/> writes them.</param>
/// <param name="Ways">Stored words of <see cref="TakingWay"/>, in their order, a blank between.</param>
/// <param name="From">Its first day.</param>
public sealed record PlaceDetails(string Kana = "", string OldNames = "", string Address = "", string Access = "", string Hours = "", string Phone = "", string Web = "", string Ways = "", DateOnly? From = null)
{
    public static PlaceDetails None { get; } = new();

    public OpeningHours Opening => OpeningHours.Read(Hours).Value;

    public IReadOnlyList<TakingWay> TakenBy => [.. Ways.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Words<TakingWay>.Stored)];

    public static string Word(TakingWay way) => way switch { TakingWay.Terminal => "端末にカードをかざす", TakingWay.Ticket => "ポイント券を渡す", TakingWay.Online => "サイトで使う", _ => "係の人に申し出る" };
}

/// <summary>A place that can be found: an acceptor, a library or another service provider, a support corner.</summary>
/// <param name="No">Its number in the list, in the order of registration.</param>
/// <param name="Kind">A code of acceptor_kinds.csv, of a kind of provider, or <c>support</c>.</param>
/// <param name="OwnNo">What its office calls it in its own list.</param>
public sealed record Place(int No, Guid Id, PlaceSource Source, MunicipalityCode Municipality, string Kind, string Name, PlaceDetails Details, DateOnly? Until, string? OwnNo, bool Listed)
{
    public const string Support = "support", SupportName = "支援コーナー", SupportWords = "シエンコーナー、支援窓口、シエンマドグチ";

    public static string KindName(string kind, RegistryView view) =>
        AcceptorKind.All.FirstOrDefault(k => k.Code == kind && k.MayAccept)?.Name ?? (kind == Support ? SupportName : view.ProviderKinds.FirstOrDefault(k => k.Code == kind)?.Name ?? kind);

    /// <summary>What it is searched by.</summary>
    internal string Search => SearchText.Of([Name, Details.Kana, .. Details.OldNames.Split('、')]);
}

internal sealed record PlaceRow
{
    public const string Columns = """
        select p.no, p.id, p.source, p.municipality, p.kind, p.name, p.kana, p.old_names, p.location, p.access, p.hours, p.telephone, p.web, p.ways, p.from_day, p.until_day, p.own_no, p.listed, p.search
        """;

    public int No { get; init; }
    public Guid Id { get; init; }
    public string Source { get; init; } = "";
    public MunicipalityCode Municipality { get; init; }
    public string Kind { get; init; } = "";
    public string Name { get; init; } = "";
    public string Kana { get; init; } = "";
    public string OldNames { get; init; } = "";
    public string Location { get; init; } = "";
    public string Access { get; init; } = "";
    public string Hours { get; init; } = "";
    public string Telephone { get; init; } = "";
    public string Web { get; init; } = "";
    public string Ways { get; init; } = "";
    public DateOnly? FromDay { get; init; }
    public DateOnly? UntilDay { get; init; }
    public string? OwnNo { get; init; }
    public int Listed { get; init; }
    public string? Search { get; init; }

    /// <summary>Of its acceptor, where it is asked for.</summary>
    public string State { get; init; } = "";

    public Place Read() => new(No, Id, Words<PlaceSource>.Stored(Source), Municipality, Kind, Name, new PlaceDetails(Kana, OldNames, Location, Access, Hours, Telephone, Web, Ways, FromDay), UntilDay, OwnNo, Listed == 1);
}
