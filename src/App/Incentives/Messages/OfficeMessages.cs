using MyKey.App.Offers;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Messages;

/// <summary>The messages of an office's own offers, behind pages and API alike. Everything else is <c>not_found</c>.</summary>
public sealed class OfficeMessages(FindOffers offers, FindMessages find, WriteMessage write)
{
    public async Task<Result<Offer>> Offer(StaffAtWork work, ProgrammeId id, CancellationToken stop = default)
    {
        if (!work.Require(Role.Officer).Ok && work.Require(Role.Approver).Refused is { } forbidden) return forbidden;
        return await offers.One(id, stop) is { State: not OfferState.Draft } offer && offer.Municipality == work.Office.Code ? offer : Refusal.Of("not_found");
    }

    public async Task<Result<List<Message>>> Of(StaffAtWork work, ProgrammeId id, CancellationToken stop = default)
    {
        var offer = await Offer(work, id, stop);
        return offer.Refused is { } no ? no : (await find.Of(id, stop)).ToList();
    }

    /// <returns>As <see cref="WriteMessage.Approve"/>; <c>not_found</c> for one of another offer.</returns>
    public async Task<Result<Message>> Approve(StaffAtWork work, ProgrammeId id, Guid message, CancellationToken stop = default) =>
        await find.One(message, stop) is { } found && found.Programme == id ? await write.Approve(work, message, stop) : Refusal.Of("not_found");

    /// <returns>As <see cref="WriteMessage.Withdraw"/>; <c>not_found</c> for one of another offer.</returns>
    public async Task<Result<Message>> Withdraw(StaffAtWork work, ProgrammeId id, Guid message, CancellationToken stop = default) =>
        await find.One(message, stop) is { } found && found.Programme == id ? await write.Withdraw(work, message, stop) : Refusal.Of("not_found");
}
