using MyKey.App.Registry;
using MyKey.App.Shared.Web;
using MyKey.Identity.Citizens;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Settings;

namespace MyKey.App.Tickets;

/// <summary>The sheet of a ticket, for the office that issued it: to be shown, or drawn as PDF (S2-P7f).</summary>
public sealed class PrintTicket(CancelTicket tickets, TicketLink link, FindCitizen citizens, Settings settings, RegistryCache registry, Site site, TimeProvider clock)
{
    /// <param name="size">Of <see cref="TicketFace.Sizes"/>; anything else: the first.</param>
    /// <returns>The sheet, whatever has become of its ticket; or as <see cref="CancelTicket.Find"/>, <c>ticket_void</c> for a number that was replaced.</returns>
    public async Task<Result<TicketFace>> Face(HttpContext context, Terminal terminal, string? number, string? size, CancellationToken stop)
    {
        var found = await tickets.Find(terminal, number, stop);
        if (found.Refused is { } no) return no;
        if (found.Value.Void) return Refusal.Of("ticket_void");
        var address = $"{context.Request.Scheme}://{Host(context.Request.Host)}{await link.PathOf(found.Value.Number, stop)}";
        return TicketFace.Of(found.Value, await registry.View(), size, address) with { Holder = await Holder(found.Value, stop) };
    }

    /// <returns>The PDF of a ticket that is still good; as <see cref="Face"/>, <c>ticket_used</c>, <c>ticket_expired</c> (until), <c>pdf_unavailable</c>.</returns>
    public async Task<Result<byte[]>> Pdf(HttpContext context, Terminal terminal, string? number, string? size, CancellationToken stop)
    {
        var face = await Face(context, terminal, number, size, stop);
        if (face.Refused is { } no) return no;
        return face.Value.Ticket.Against(clock.Today()) is { } against ? against : TicketPdf.Draw(face.Value);
    }

    /// <summary>The end of the holder's MyKeyId, where the municipality prints it (K-29).</summary>
    private async Task<string?> Holder(PointTicket ticket, CancellationToken stop) =>
        (await settings.View()).On("ticket.holder_mark", new SettingScope(Issuer: ticket.Issuer), clock.NowMs()) ? (await citizens.Get(ticket.Citizen, stop))?.MyKeyId.Tail : null;

    /// <summary>A machine may ask under another name of this host; a telephone finds the pages under theirs alone.</summary>
    private HostString Host(HostString asked) => asked.Port is { } port ? new HostString(site.Host, port) : new HostString(site.Host);
}
