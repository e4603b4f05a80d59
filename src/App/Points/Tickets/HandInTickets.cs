using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Tickets;

/// <summary>
/// A shop without any device keeps the tickets that it took, with its stamp, and hands them in at its municipality, say once a month, where their
/// numbers are typed (S4-09). By the stamp the officer sees that each was taken by its last day.
/// </summary>
public sealed class HandInTickets(UseTickets tickets, RegistryCache registry)
{
    public const int MostAtOnce = 200;

    /// <summary>The shops of an officer's municipality that can be paid, by name.</summary>
    /// <returns>Or <c>role_forbidden</c>.</returns>
    public async Task<Result<Acceptor[]>> Shops(StaffAtWork work)
    {
        if (work.Require(Role.Officer).Refused is { } no) return no;
        return (await registry.View()).AcceptorsOf(work.Office.Code).Where(a => a.State == AcceptorState.Active)
            .OrderBy(a => a.Name, StringComparer.Ordinal).ThenBy(a => a.Id.Value).ToArray();
    }

    /// <param name="shop">One of <see cref="Shops"/>.</param>
    /// <param name="order">Made by the caller: the same again answers again. Null: takes nothing, says what the numbers are worth.</param>
    /// <returns>
    /// Number by number: paid, or <c>ticket_unknown</c>, <c>ticket_void</c>, <c>ticket_used</c>, <c>ticket_late</c>, <c>not_accepted_here</c>. As a whole
    /// <c>role_forbidden</c>, <c>field_required</c> (shop, numbers), <c>too_large</c>.
    /// </returns>
    public async Task<Result<TicketsResult>> Run(StaffAtWork work, AcceptorId? shop, IReadOnlyList<string> numbers, Guid? order, CancellationToken stop)
    {
        if (work.Require(Role.Officer).Refused is { } no) return no;
        var view = await registry.View();
        if (shop is not { } id || view.Find(id) is not { } known || known.Municipality != work.Office.Code) return Refusal.Of("field_required", ("field", "shop"));
        return await tickets.Each(new TakenFor(id, view, work.Actor, Terminal: null, order, HandedIn: true), numbers, MostAtOnce, stop);
    }
}
