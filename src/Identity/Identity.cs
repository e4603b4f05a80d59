using Microsoft.Extensions.DependencyInjection;
using MyKey.Identity.Citizens;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;

namespace MyKey.Identity;

/// <summary>
/// The module that alone reads and writes <c>idn_*</c>. It needs Database, TimeProvider, Buckets and OperationLog from the house.
/// </summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services, IdentityOptions options) => services
        .AddSingleton(options)
        .AddSingleton<Tries>()
        .AddSingleton<OpenSessions>()
        .AddSingleton<FindCitizen>()
        .AddSingleton<IssueMyKeyId>()
        .AddSingleton<ChangeSettings>()
        .AddSingleton<PasswordHash>()
        .AddSingleton<LoginByPassword>()
        .AddSingleton<SetPassword>();
}

/// <summary>What the operator of the App sets for this module.</summary>
public sealed record IdentityOptions
{
    /// <summary>File of the key-encryption key (0600), outside data folder and backups (decision 9).</summary>
    public required string KekFile { get; init; }

    /// <summary>PBKDF2-HMAC-SHA512 rounds for new passwords; about 180 ms on the reference machine. Stored ones keep theirs until the next login.</summary>
    public int PasswordIterations { get; init; } = 210_000;

    /// <summary>How many may wait for their turn at the password hash; one more is answered <c>busy</c>.</summary>
    public int PasswordQueueLimit { get; init; } = 64;
}
