using MyKey.Identity.Certificates;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.Identity.Challenges;

/// <summary>
/// What a used code stands for. A tap (A1) identifies, a signature authenticates; the two are never mixed up.
/// </summary>
/// <param name="Purpose">What was signed for; null for a tap.</param>
/// <param name="Binding">What the asking slice bound the question to, e.g. the transfer id of an A4 payment.</param>
/// <param name="Terminal">The terminal whose cookie the question belongs to.</param>
public sealed record CardProof(ChallengeId Id, AuthCertificate Certificate, Purpose? Purpose, IReadOnlyList<Detail> Details, string? Binding, TerminalId? Terminal)
{
    /// <summary>A1 for a tap; A4 when the signature was bound to one action; else A3.</summary>
    public Assurance Assurance => Purpose is null ? Assurance.A1 : Purpose.Details.Count > 0 ? Assurance.A4 : Assurance.A3;
}
