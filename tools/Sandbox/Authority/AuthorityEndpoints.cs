namespace MyKey.Sandbox.Authority;

/// <summary>The authority over HTTP: roots, lists, lineage and moves.</summary>
public static class AuthorityEndpoints
{
    public const string Host = "jpki.localhost";

    /// <summary>
    /// <c>GET /anchors.pem</c>, <c>/crl/{generation}.crl</c>, <c>/lineage/{authority}/{serial}</c> and <c>/address-changes/{authority}/{serial}</c> under the authority's host name.
    /// A list is made at each call: here a revocation shall be seen at once.
    /// </summary>
    public static void MapAuthority(this IEndpointRouteBuilder routes, NationalAuthority authority, string host = Host)
    {
        var group = routes.MapGroup("").RequireHost(host);
        group.MapGet("/anchors.pem", () => Results.Text(authority.AnchorsPem(), "application/x-pem-file"));
        group.MapGet("/crl/{generation:int}.crl", (int generation) => generation >= 1 && generation <= authority.UserAuthentication.Count
            ? Results.Bytes(authority.Crl(generation), "application/pkix-crl")
            : Results.NotFound());
        group.MapGet("/lineage/{key}/{serial}", (string key, string serial) => !authority.TellsLineage ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable)
            : authority.Find(key, serial) is { } found ? Results.Json(Lineage(found)) : Results.NotFound());
        group.MapGet("/address-changes/{key}/{serial}", (string key, string serial) => authority.Find(key, serial) is { } found
            ? Results.Json(new { changedOn = found.AddressChangedOn })
            : Results.NotFound());
    }

    private static object Lineage(IssuedCertificate certificate) => certificate.PredecessorSerial is null
        ? new { cause = certificate.Cause }
        : new { cause = certificate.Cause, predecessor = new { authority = certificate.PredecessorAuthority, serial = certificate.PredecessorSerial } };
}
