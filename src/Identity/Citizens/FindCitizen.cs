using System.Data.Common;
using Dapper;
using MyKey.Identity.Certificates;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Citizens;

/// <summary>Finds a citizen by MyKeyId, by certificate, by the inner id. Each answers null when there is none.</summary>
public sealed class FindCitizen(Database database)
{
    private const string Columns = """
        select c.id, c.state, m.my_key_id, c.base_municipality, c.tap_off from idn_citizen c join idn_mykey_id m on m.citizen = c.id and m.state = 1
        """;

    private const string OfMyKeyId = $"{Columns} where m.my_key_id = @Id", OfCitizen = $"{Columns} where c.id = @Id";

    private const string OfCertificate = $"{Columns} join idn_certificate k on k.citizen = c.id where k.authority = @Authority and k.serial = @Serial and k.state = 1";

    public Task<Citizen?> ById(MyKeyId id, CancellationToken stop = default) => Together(OfMyKeyId, new { Id = id.Value }, stop);

    /// <summary>By a certificate that passed the rules and is the active one of its holder.</summary>
    public Task<Citizen?> ByCertificate(AuthCertificate certificate, CancellationToken stop = default) => Together(OfCertificate, new { certificate.Authority, certificate.Serial }, stop);

    public Task<Citizen?> Get(CitizenId id, CancellationToken stop = default) => Together(OfCitizen, new { Id = id }, stop);

    /// <summary>The key that once-per-person rules count by. Only for comparing inside one scheme; never shown or exported.</summary>
    public async Task<PersonKey?> PersonKeyOf(CitizenId id, CancellationToken stop = default)
    {
        await using var connection = await database.Open(stop);
        return await PersonKeyOf(connection, null, id);
    }

    /// <summary>The same in a transaction.</summary>
    public Task<PersonKey?> PersonKeyOf(Transaction tx, CitizenId id) => PersonKeyOf(tx.Connection, tx.Handle, id);

    private static Task<PersonKey?> PersonKeyOf(DbConnection connection, DbTransaction? handle, CitizenId id) => connection.QuerySingleOrDefaultAsync<PersonKey?>("""
        select coalesce(c.person_key, k.person_key) from idn_citizen c left join idn_certificate k on k.citizen = c.id and k.state = 1 where c.id = @Id
        """, new { Id = id }, handle);

    internal static Task<Citizen?> ById(DbConnection connection, DbTransaction? handle, MyKeyId id) =>
        One(connection, handle, OfMyKeyId, new { Id = id.Value });

    internal static Task<Citizen?> Get(DbConnection connection, DbTransaction? handle, CitizenId id) =>
        One(connection, handle, OfCitizen, new { Id = id });

    internal static Task<Citizen?> ByCertificate(DbConnection connection, DbTransaction? handle, AuthCertificate certificate) =>
        One(connection, handle, OfCertificate, new { certificate.Authority, certificate.Serial });

    private static async Task<Citizen?> One(DbConnection connection, DbTransaction? handle, string sql, object values) => (await connection.QuerySingleOrDefaultAsync<Row>(sql, values, handle))?.Read();

    private async Task<Citizen?> Together(string sql, object values, CancellationToken stop) => (await database.ReadTogether<Row>(sql, values, stop))?.Read();

    private sealed class Row
    {
        public CitizenId Id { get; init; }

        public CitizenState State { get; init; }

        public string MyKeyId { get; init; } = "";

        public MunicipalityCode? BaseMunicipality { get; init; }

        public bool TapOff { get; init; }

        public Citizen Read() => new(Id, State, Citizens.MyKeyId.Stored(MyKeyId), BaseMunicipality, TapOff);
    }
}
