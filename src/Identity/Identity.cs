using Microsoft.Extensions.DependencyInjection;
using MyKey.Identity.AtTerminal;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Identity.Keys;
using MyKey.Identity.Machines;
using MyKey.Identity.Mail;
using MyKey.Identity.Passkeys;
using MyKey.Identity.Passwords;
using MyKey.Identity.Rights;
using MyKey.Identity.Sessions;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel.Jobs;
using MyKey.Kernel.OperationLog;

namespace MyKey.Identity;

/// <summary>
/// The module that alone reads and writes <c>idn_*</c>. It needs Database, TimeProvider, Buckets, OperationLog and Settings from the house, and
/// CertificateRules with its anchors for cards. Call <see cref="Kek.CheckAtStart"/> before anything is served.
/// </summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services, IdentityOptions options) => services
        .AddKeys().AddSingleton(options).AddSingleton<ReadOperations>().AddSingleton<Tries>().AddSingleton<OpenSessions>().AddSingleton<OwnSessions>().AddSingleton<IJob, ForgetExpired>()
        .AddSingleton<FindCitizen>().AddSingleton<FindRecipients>().AddSingleton<FindHomes>().AddSingleton<IssueMyKeyId>().AddSingleton<ChangeMyKeyId>().AddSingleton<ChangeSettings>().AddSingleton<SuspendCitizen>().AddSingleton<StopOwnId>().AddSingleton<RevokeMyKeyId>().AddSingleton<ProveAction>().AddSingleton<ExtractHistory>()
        .AddSingleton<PasswordHash>().AddSingleton<LoginByPassword>().AddSingleton<SetPassword>()
        .AddSingleton<AskCard>().AddSingleton<PhoneLinks>().AddSingleton<FindQuestion>().AddSingleton<AnswerChallenge>().AddSingleton<UseCardCode>().AddSingleton<LoginByCard>().AddSingleton<JoinCertificate>().AddSingleton<CertificateWait>().AddSingleton<RequestJoin>().AddSingleton<JoinAlone>().AddSingleton<IJob>(services => services.GetRequiredService<JoinAlone>())
        .AddSingleton<AddFirstOperator>().AddSingleton<InvitationCodes>().AddSingleton<EnrolStaff>().AddSingleton<LoginStaff>().AddSingleton<ProveTotp>().AddSingleton<ConfirmTotp>().AddSingleton<ChangeStaffPassword>()
        .AddSingleton<FindStaff>().AddSingleton<ChangeStaff>()
        .AddSingleton<PasskeyQuestions>().AddSingleton<PasskeyRules>().AddSingleton<OwnPasskeys>().AddSingleton<RegisterPasskey>().AddSingleton<LoginByPasskey>()
        .AddSingleton<RegisterTerminal>().AddSingleton<EnrolTerminal>().AddSingleton<FindTerminal>().AddSingleton<RotateTerminalToken>().AddSingleton<RevokeTerminal>().AddSingleton<OpenShop>()
        .AddSingleton<CitizenTokens>().AddSingleton<AuditTokens>().AddSingleton<IssueOneTimeCode>().AddSingleton<UseOneTimeCode>().AddSingleton<ShowPassword>().AddSingleton<ShowCard>().AddSingleton<FindHolders>().AddSingleton<TapAlarms>()
        .AddSingleton<MailCodes>().AddSingleton<WriteNotice>().AddSingleton<KeepMail>().AddSingleton<LapseMarks>().AddSingleton<StopByMail>()
        .AddSingleton(services => new WithRevocation((tx, citizen) => services.GetRequiredService<KeepMail>().Revoked(tx, citizen)))
        .AddSingleton<MachineKeys>().AddSingleton<IssueMachineKey>().AddSingleton<AuditRights>();

    private static IServiceCollection AddKeys(this IServiceCollection services)
    {
        foreach (var column in WrappedInIdentity.Columns) services.AddSingleton(column);
        return services.AddSingleton<Kek>().AddSingleton<WrappedPlace, NoticesOnTheWay>().AddSingleton<ChangeKek>().AddSingleton<WrapAnew>().AddSingleton<IJob>(services => services.GetRequiredService<WrapAnew>());
    }
}

/// <summary>What the operator of the App sets for this module.</summary>
public sealed record IdentityOptions
{
    /// <summary>File of the key-encryption key (0600), outside data folder and backups (decision 9).</summary>
    public required string KekFile { get; init; }

    /// <summary>The host name of the site: passkeys belong to it (WebAuthn's relying party id).</summary>
    public string SiteHost { get; init; } = "mykey.localhost";

    /// <summary>PBKDF2-HMAC-SHA512 rounds for new passwords; about 180 ms on the reference machine. Stored ones keep theirs until the next login.</summary>
    public int PasswordIterations { get; init; } = 210_000;

    /// <summary>How many may wait for their turn at the password hash; one more is answered <c>busy</c>.</summary>
    public int PasswordQueueLimit { get; init; } = 64;
}
