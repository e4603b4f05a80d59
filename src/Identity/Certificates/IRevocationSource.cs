namespace MyKey.Identity.Certificates;

/// <summary>Asks an authority whether a certificate still holds. The authority is an outside party: lists today, OCSP where configured.</summary>
public interface IRevocationSource
{
    /// <summary>Never "good" without fresh, signed word of the authority.</summary>
    Task<Revocation> Of(RevocationQuestion question, CancellationToken stop);
}

/// <param name="Points">The certificate's distribution points, each as the hex SHA-256 of its GeneralName.</param>
public sealed record RevocationQuestion(string Authority, string Serial, IReadOnlyList<string> Points);

public enum RevocationState { Unknown = 0, Good = 1, Revoked = 2 }

/// <summary>What the authority says. Every reason is final for that certificate.</summary>
public readonly record struct Revocation(RevocationState State, RevocationReason Reason = RevocationReason.Unspecified)
{
    public static Revocation Unknown => default;

    public static Revocation Good => new(RevocationState.Good);

    public static Revocation Revoked(RevocationReason reason) => new(RevocationState.Revoked, reason);
}

/// <summary>CRLReason of RFC 5280 5.3.1, the last of X.509 (2016).</summary>
public enum RevocationReason
{
    Unspecified = 0,
    KeyCompromise = 1,
    CaCompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
    RemoveFromCrl = 8,
    PrivilegeWithdrawn = 9,
    AaCompromise = 10,
    WeakAlgorithmOrKey = 11,
}
