using MyKey.Identity.Challenges;
using MyKey.Identity.Sessions;
using MyKey.Kernel;
using MyKey.Kernel.Cards;
using MyKey.Kernel.Db;

namespace MyKey.Identity.Citizens;

/// <summary>One thing that a citizen has signed for with card and PIN in his own session (A4).</summary>
public sealed class ProveAction(Database database, UseCardCode use)
{
    /// <param name="cookie">Text of the pre-login cookie that came with the request.</param>
    /// <returns>
    /// The proof, once; <c>step_up_required</c> without a code, <c>auth_failed</c> when it is not this citizen's or for something else, <c>id_suspended</c>, <c>id_revoked</c>, <c>cert_revoked</c>, and what the
    /// session is refused for.
    /// </returns>
    public async Task<Result<CardProof>> Run(Session session, Purpose purpose, string? code, string? cookie, CancellationToken stop = default)
    {
        if (session.RequireCitizen().Refused is { } nobody) return nobody;
        if (string.IsNullOrEmpty(code)) return Refusal.Of("step_up_required");
        var proof = await use.Use(code, cookie, stop);
        if (proof.Refused is { } unread) return unread;
        if (proof.Value.Purpose != purpose || proof.Value.Assurance != Assurance.A4) return Refusal.Of("auth_failed", ("why", "purpose"));
        var holder = await database.Write(tx => LoginByCard.Holder(tx, proof.Value.Certificate), stop);
        if (holder.Refused is { } no) return no;
        return holder.Value == session.Citizen ? proof.Value : Refusal.Of("auth_failed", ("why", "another person"));
    }
}
