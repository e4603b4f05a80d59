using System.Collections;
using Microsoft.AspNetCore.Html;
using MyKey.App.Registry;
using MyKey.Kernel;
using QRCoder;

namespace MyKey.App.Tickets;

/// <summary>What is printed (S2-P7f, formats §4): the nine elements of the source's picture and the code that any telephone reads.</summary>
/// <param name="Size">Class of the sheet: <c>roll</c> 80 mm, <c>roll58</c> 58 mm, <c>a6</c>.</param>
/// <param name="Modules">The squares of the code with its quiet zone, row by row.</param>
public sealed record TicketFace(PointTicket Ticket, string PointName, string Where, string Size, HtmlString Qr, IReadOnlyList<BitArray> Modules)
{
    /// <summary>The last two characters of its holder's MyKeyId; null: not printed.</summary>
    public string? Holder { get; init; }

    private const int PixelsPerModule = 4;

    /// <summary>What stands below.</summary>
    public static IReadOnlyList<string> Terms { get; } = ["ほかの人にゆずることはできません。", "お釣りは出ません。", "取り消しは、期限までに発行した窓口で。"];

    public static IReadOnlyList<(string Size, string Word)> Sizes { get; } = [("roll", "幅80ミリ"), ("roll58", "幅58ミリ"), ("a6", "A6")];

    /// <param name="address">Of the page that says whether the ticket is good.</param>
    public static TicketFace Of(PointTicket ticket, RegistryView registry, string? size, string address)
    {
        using var code = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        var drawn = svg.GetGraphic(PixelsPerModule, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
        return new TicketFace(ticket, registry.NameOfPoints(ticket.Issuer), ticket.Where(registry),
            Sizes.Any(s => s.Size == size) ? size! : Sizes[0].Size, new HtmlString(drawn), code.ModuleMatrix);
    }
}
