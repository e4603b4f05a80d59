using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace MyKey.Sandbox.Authority;

/// <summary>A certificate in the authority's books. Who holds it is not written anywhere.</summary>
public sealed record IssuedCertificate(string Authority, string Serial)
{
    public string? PredecessorAuthority { get; init; }

    public string? PredecessorSerial { get; init; }

    /// <summary>first, renewed or reissued.</summary>
    public string Cause { get; init; } = "first";

    public X509RevocationReason? Revoked { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The day on which the holder's address last changed; the address itself is not here.</summary>
    public DateOnly? AddressChangedOn { get; init; }
}

/// <summary>The authority's books, kept in one JSON file beside the keys, or in memory only.</summary>
internal sealed class AuthorityState(string? file)
{
    private sealed record Content(Dictionary<string, IssuedCertificate> Issued, Dictionary<string, long> CrlNumbers);

    private readonly Content content = file is not null && File.Exists(file)
        ? JsonSerializer.Deserialize<Content>(File.ReadAllText(file))!
        : new Content([], []);

    public IssuedCertificate? Find(string authority, string serial) => content.Issued.GetValueOrDefault($"{authority}:{serial}");

    public IEnumerable<IssuedCertificate> RevokedBy(string authority) => content.Issued.Values.Where(c => c.Authority == authority && c.Revoked is not null);

    public void Put(IssuedCertificate certificate)
    {
        content.Issued[$"{certificate.Authority}:{certificate.Serial}"] = certificate;
        Save();
    }

    /// <summary>1, 2, 3 … for each authority, also after a restart.</summary>
    public long NextCrlNumber(string authority)
    {
        var number = content.CrlNumbers.GetValueOrDefault(authority) + 1;
        content.CrlNumbers[authority] = number;
        Save();
        return number;
    }

    private void Save()
    {
        if (file is null) return;
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(content));
        File.Move(file + ".new", file, overwrite: true);
    }
}
