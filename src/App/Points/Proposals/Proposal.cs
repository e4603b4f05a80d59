using System.Security.Cryptography;
using System.Text;
using MyKey.App.Registry;
using MyKey.Kernel;
using MyKey.Kernel.Chain;
using MyKey.Kernel.Db;

namespace MyKey.App.Proposals;

/// <summary>What one operator alone can't change: whoever did could direct points to himself.</summary>
public enum ProposalKind { PartnerTerms, PartnerCampaign, PartnerSite, SiteLogin, SiteSeller, SiteHook, CardOperator, PaymentService, Round, MembershipEnd }

/// <summary>Waiting: for another operator. Overtaken: the same thing was changed at once meanwhile, so that what was proposed no longer fits.</summary>
public enum ProposalState { Waiting, Approved, Declined, Overtaken }

/// <param name="Wrapped">As it will be kept.</param>
/// <param name="Owner">What it is wrapped for.</param>
public sealed record WrappedSecret(byte[] Wrapped, string Owner);

/// <summary>A change as it is kept while it waits.</summary>
/// <param name="Subject">Key of a partner or site, or an id.</param>
/// <param name="Part">Names the row below it: a day, a municipality and a day, or nothing. Of the same kind, subject and part one waits at most.</param>
/// <param name="Content">JSON of what was asked for, without secrets.</param>
public sealed record ProposalDraft(ProposalKind Kind, string Subject, string Part, string Content, WrappedSecret? Secret = null);

/// <summary>A change that was proposed.</summary>
public sealed record Proposal(Guid Id, ProposalKind Kind, string Subject, string Part, string Content, byte[]? Secret, StaffId Maker, long MadeMs)
{
    /// <summary>Over all that was proposed: whoever approves names it, and nothing else is applied.</summary>
    public byte[] Hash()
    {
        var writer = Canonical.Writer();
        writer.WriteStartArray(8);
        writer.Id(Id);
        foreach (var text in (string[])[Words<ProposalKind>.Of(Kind), Subject, Part]) writer.WriteTextString(text.Normalize(NormalizationForm.FormC));
        // Byte for byte: it is read again from exactly these.
        writer.WriteByteString(Encoding.UTF8.GetBytes(Content));
        if (Secret is null) writer.WriteNull();
        else writer.WriteByteString(Secret);
        writer.Id(Maker.Value);
        writer.WriteInt64(MadeMs);
        writer.WriteEndArray();
        return SHA256.HashData(writer.Encode());
    }
}

/// <summary>A secret that was made with the change and is told once, to whoever approved.</summary>
/// <param name="KeyNo">Its number.</param>
public sealed record OnceShown(int KeyNo, string Secret);

/// <summary>A change that was found good by today's rules.</summary>
/// <param name="Write">In the transaction that ends the proposal, with its own line of the operation log; by whom it was made.</param>
/// <param name="Seen">After it: what is in memory is read anew.</param>
public sealed record ReadyChange(ProposalDraft Draft, Func<Transaction, Actor, Task> Write, Action Seen)
{
    /// <summary>What has to be there before, and does no harm alone.</summary>
    public Func<Actor, Task<Refusal?>> Prepare { get; init; } = _ => Task.FromResult<Refusal?>(null);

    public Func<OnceShown?> Once { get; init; } = () => null;
}

/// <summary>One line of a change on the screen.</summary>
/// <param name="Before">null: there was none.</param>
public sealed record ProposalLine(string Label, string? Before, string After);

/// <param name="Title">What is changed, of whom.</param>
/// <param name="Page">Where it is kept.</param>
public sealed record ProposalView(string Title, string Page, IReadOnlyList<ProposalLine> Lines);

/// <summary>A kind of change that another operator approves; its slice knows how to read, check and show it.</summary>
public interface IProposed
{
    ProposalKind Kind { get; }

    /// <returns>The change by today's rules; what its slice refuses it for.</returns>
    Task<Result<ReadyChange>> Ready(Proposal proposal, CancellationToken stop);

    /// <summary>Whose the secret of a proposal is, as whoever wrapped it says; asked of kinds outside this module that have one.</summary>
    string SecretOwner(Proposal proposal) => throw new InvalidOperationException($"A proposal of kind {Kind} has no secret.");

    /// <summary>What is, and what would be.</summary>
    Task<ProposalView> Show(Proposal proposal, CancellationToken stop);
}

/// <summary>What became of a wish.</summary>
/// <param name="Thing">As it is; what does not exist yet, as it is wanted.</param>
/// <param name="Proposal">Waits for another operator; null: the wish holds.</param>
public sealed record Asked<T>(T Thing, Guid? Proposal)
{
    /// <summary>Where a form goes afterwards.</summary>
    public string Back(string page) => $"{page}?saved={(Proposal is null ? "1" : "waits")}";
}
