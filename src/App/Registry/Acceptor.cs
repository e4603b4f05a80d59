using System.Collections.Frozen;
using Dapper;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.App.Registry;

public enum AcceptorState { Active, Suspended, Closed }

/// <summary>A line of <c>acceptor_kinds.csv</c>: what can take points as payment, and what must not (S0-4040).</summary>
/// <param name="Name">Japanese.</param>
/// <param name="Words">How it is read and what else it is called, with 、 between.</param>
public sealed record AcceptorKind(string Code, bool MayAccept, string Name, string Words, string Source)
{
    private static readonly FrozenDictionary<string, AcceptorKind> ByCode = Load().ToFrozenDictionary(k => k.Code);

    public static IEnumerable<AcceptorKind> All => ByCode.Values.OrderBy(k => k.Code, StringComparer.Ordinal);

    /// <returns>The kind, or <c>field_unknown</c> (field), or <c>acceptor_type_forbidden</c> for medical fees.</returns>
    public static Result<AcceptorKind> Find(string code) =>
        !ByCode.TryGetValue(code, out var kind) ? Refusal.Of("field_unknown", ("field", code))
        : kind.MayAccept ? kind
        : Refusal.Of("acceptor_type_forbidden");

    /// <exception cref="BrokenProperty">A stored kind that is not in the list.</exception>
    public static AcceptorKind Stored(string code)
    {
        if (!ByCode.TryGetValue(code, out var kind)) Must.Hold(false, $"{code} is in acceptor_kinds.csv");
        return kind;
    }

    private static IEnumerable<AcceptorKind> Load()
    {
        foreach (var cells in Embedded.Rows(typeof(AcceptorKind), "acceptor_kinds.csv", 5))
        {
            Must.Hold(cells[1] is "yes" or "no", $"{cells[0]} may take points or not");
            yield return new AcceptorKind(cells[0], cells[1] == "yes", cells[2], cells[3], cells[4]);
        }
    }
}

/// <summary>Whoever takes points as payment.</summary>
/// <param name="Municipality">Where it stands.</param>
/// <param name="Name">As its sign says; shown on terminals and receipts.</param>
/// <param name="Group">The shopping street that it belongs to, of the same municipality.</param>
/// <param name="Note">What it says of points beside other vouchers (S0-4043).</param>
public sealed record Acceptor(AcceptorId Id, MunicipalityCode Municipality, AcceptorKind Kind, string Name, AcceptorState State, ShopGroupId? Group = null, string? Note = null)
{
    /// <summary>It takes points at all; whose is a matter of rules.</summary>
    public bool Takes => State == AcceptorState.Active && Kind.MayAccept;
}

internal sealed record AcceptorRow
{
    private const string All = "select id, municipality, kind, name, state, shop_group, note from reg_acceptor";

    public const string ById = All + " where id = @id";

    public const string ChangedAfter = All + " where changed_no > @No";

    private const string Upsert = """
        insert into reg_acceptor(id, municipality, kind, name, state, shop_group, note, changed_no) values (@Id, @Municipality, @Kind, @Name, @State, @Group, @Note, @No)
        on conflict(id) do update set name = excluded.name, state = excluded.state, shop_group = excluded.shop_group, note = excluded.note, changed_no = excluded.changed_no
        """;

    public AcceptorId Id { get; init; }
    public string Municipality { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Name { get; init; } = "";
    public string State { get; init; } = "";
    public ShopGroupId? ShopGroup { get; init; }
    public string? Note { get; init; }

    /// <summary>A new acceptor, or one as it is now; kind and municipality stay, because rules and settlement hang on them.</summary>
    public static Task Save(Transaction tx, Acceptor a, long no) => tx.Connection.ExecuteAsync(Upsert,
        new { a.Id, a.Municipality, Kind = a.Kind.Code, a.Name, State = Words<AcceptorState>.Of(a.State), a.Group, a.Note, No = no }, tx.Handle);

    public Acceptor Read() => Read([]);

    /// <param name="towns">Whose codes it shares: hundreds of thousands of texts of their own would be a fifth of the registry in memory.</param>
    public Acceptor Read(Dictionary<MunicipalityCode, Municipality> towns) => new(Id, Shared(MunicipalityCode.Trusted(Municipality), towns), AcceptorKind.Stored(Kind), Name, Words<AcceptorState>.Stored(State), ShopGroup, Note);

    public static MunicipalityCode Shared(MunicipalityCode code, Dictionary<MunicipalityCode, Municipality> towns) => towns.TryGetValue(code, out var town) ? town.Code : code;
}
