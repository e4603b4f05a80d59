using System.Data.Common;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MyKey.Kernel;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Passkeys;

/// <summary>
/// WebAuthn by the framework's own handler: ceremony, CBOR and signatures are its work. What is ours is what it is asked for: user verification, a passkey that
/// names its holder itself, this host, exactly the origin that asked.
/// </summary>
public sealed class PasskeyRules(Database database, IdentityOptions options)
{

    private const int LongestAnswer = 16 * 1024;

    private const string Required = "required";

    internal static Refusal No(string why) => Refusal.Of("passkey_failed", ("why", why));

    internal async Task<(string Options, string Asked)> Creation(StaffId staff, string number, string origin)
    {
        var entity = new PasskeyUserEntity { Id = new PasskeyHolder(staff).Handle, Name = number, DisplayName = number };
        var made = await Handler(origin).MakeCreationOptionsAsync(entity, new DefaultHttpContext());
        return (made.CreationOptionsJson, Must.Have(made.AttestationState, "the handler keeps what it asked"));
    }

    /// <param name="staff">null where the passkey itself says whose it is.</param>
    internal async Task<(string Options, string Asked)> Request(StaffId? staff, string origin)
    {
        var made = await Handler(origin).MakeRequestOptionsAsync(staff is { } id ? new PasskeyHolder(id) : null!, new DefaultHttpContext());
        return (made.RequestOptionsJson, Must.Have(made.AssertionState, "the handler keeps what it asked"));
    }

    /// <returns>The new passkey, or <c>passkey_failed</c>.</returns>
    internal async Task<Result<UserPasskeyInfo>> Created(PasskeyQuestion question, string? credential)
    {
        if (credential is null or { Length: 0 or > LongestAnswer }) return No("credential");
        var judged = await Handler(question.Origin).PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = new DefaultHttpContext(), CredentialJson = credential, AttestationState = question.Asked });
        if (judged.Succeeded) return judged.Passkey;
        Throw(judged.Failure);
        return No("registration");
    }

    /// <returns>Whose passkey answered, with the count it says now; <c>passkey_failed</c>.</returns>
    internal async Task<Result<(StaffId Staff, UserPasskeyInfo Passkey)>> Answered(PasskeyQuestion question, string? credential)
    {
        if (credential is null or { Length: 0 or > LongestAnswer }) return No("credential");
        var judged = await Handler(question.Origin).PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = new DefaultHttpContext(), CredentialJson = credential, AssertionState = question.Asked });
        if (judged.Succeeded) return (judged.User.Id, judged.Passkey);
        Throw(judged.Failure);
        return No("answer");
    }

    /// <summary>The id that an answer claims; it is not yet judged.</summary>
    internal static string Claimed(string? credential)
    {
        if (credential is null or { Length: 0 or > LongestAnswer }) return "";
        try
        {
            using var json = JsonDocument.Parse(credential);
            return json.RootElement is { ValueKind: JsonValueKind.Object } whole && whole.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    /// <summary>The handler turns whatever happens into a failure; a database that fails is none of the person's.</summary>
    private static void Throw(PasskeyException failure)
    {
        if (failure.InnerException is DbException or BrokenProperty) ExceptionDispatchInfo.Throw(failure.InnerException);
    }

    private PasskeyHandler<PasskeyHolder> Handler(string origin)
    {
        // None of the manager's other parts is asked for anything.
        var users = new UserManager<PasskeyHolder>(new PasskeyStore(database), null!, null!, [], [], null!, new IdentityErrorDescriber(), null!, NullLogger<UserManager<PasskeyHolder>>.Instance);
        return new PasskeyHandler<PasskeyHolder>(users, Options.Create(new IdentityPasskeyOptions
        {
            ServerDomain = options.SiteHost, UserVerificationRequirement = Required, ResidentKeyRequirement = Required, AttestationConveyancePreference = "none",
            AuthenticatorTimeout = TimeSpan.FromMilliseconds(PasskeyQuestions.LifeMs),
            ValidateOrigin = asked => ValueTask.FromResult(asked is { CrossOrigin: false } && asked.Origin == origin),
        }));
    }
}
