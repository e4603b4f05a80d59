using Microsoft.AspNetCore.Diagnostics;
using MyKey.App.Shared.Refusals;
using MyKey.Kernel;

namespace MyKey.App.Shared.Web;

/// <summary>
/// A request that changes something comes from a page of ours: browsers name the origin on every such request, so a foreign one is refused
/// everywhere, and a missing one on pages. Machines send none. Stands beside the antiforgery token, not instead of it.
/// </summary>
public sealed class OriginRule(RequestDelegate next)
{
    public Task Invoke(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)) return next(context);
        // The page that tells the refusal answers in place of the same request.
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is not null) return next(context);
        var origin = request.Headers.Origin.ToString();
        var ours = origin.Length == 0
            ? request.Path.IsForMachines()
            : string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
        return ours ? next(context) : context.Refuse(Refusal.Of("origin_forbidden"));
    }
}
