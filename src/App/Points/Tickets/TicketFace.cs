using Microsoft.AspNetCore.Html;
using MyKey.App.Registry;
using MyKey.Kernel;
using QRCoder;

namespace MyKey.App.Tickets;

/// <summary>What is printed (S2-P7f, formats §4): the nine elements of the source's picture and the code that any telephone reads.</summary>
/// <param name="Size">Class of the sheet: <c>roll</c> 80 mm, <c>roll58</c> 58 mm, <c>a6</c>.</param>
public sealed record TicketFace(PointTicket Ticket, string PointName, string Where, string Size, HtmlString Qr)
{
    private const int PixelsPerModule = 4;

    public static IReadOnlyList<(string Size, string Word)> Sizes { get; } = [("roll", "幅80ミリ"), ("roll58", "幅58ミリ"), ("a6", "A6")];

    /// <param name="address">Of the page that says whether the ticket is good.</param>
    public static TicketFace Of(PointTicket ticket, RegistryView registry, string? size, string address)
    {
        using var code = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        var drawn = svg.GetGraphic(PixelsPerModule, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
        return new TicketFace(ticket, registry.NameOfPoints(ticket.Issuer), ticket.Where(registry),
            Sizes.Any(s => s.Size == size) ? size! : Sizes[0].Size, new HtmlString(drawn));
    }
}
