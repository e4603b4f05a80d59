namespace MyKey.Identity.Certificates;

/// <summary>
/// A JPKI user-authentication certificate (利用者証明用電子証明書) that has passed the rules. The citizen's key is (authority, serial).
/// </summary>
/// <param name="Authority">SHA-256 of the issuing authority's SubjectPublicKeyInfo, 64 lower-case hex digits.</param>
/// <param name="Serial">発行番号, lower-case hex without leading zeros.</param>
public sealed record AuthCertificate(string Authority, string Serial, DateTimeOffset NotBefore, DateTimeOffset NotAfter);
