using System.Text.Json;
using MyKey.Kernel;

namespace MyKey.Identity.Certificates.Addresses;

/// <summary>What the authority says of the address of a certificate's holder: that it has changed and on which day; never where to (S0-5014c).</summary>
/// <param name="Known">False: no answer, or none that can be believed.</param>
/// <param name="ChangedOn">The day of the last change; null: none since the certificate was issued.</param>
public readonly record struct AddressAnswer(bool Known, DateOnly? ChangedOn);

/// <summary>
/// <c>GET {root}/address-changes/{authority}/{serial}</c> → <c>{"changedOn": "2026-11-20"}</c> or <c>{"changedOn": null}</c>. Over TLS or from this machine.
/// </summary>
public sealed class HttpAddressChanges(HttpClient http, Uri root, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };
    private readonly AskAuthority ask = new(http, root, clock);

    public async Task<AddressAnswer> Of(string authority, string serial, CancellationToken stop) =>
        await ask.Get<Answer>($"address-changes/{authority}/{serial}", Strict, stop) is { } answer && !(answer.ChangedOn > clock.Today()) ? new AddressAnswer(true, answer.ChangedOn) : default;

    /// <summary>An answer with more in it, an address say, is not read at all.</summary>
    private sealed record Answer
    {
        public required DateOnly? ChangedOn { get; init; }
    }
}
