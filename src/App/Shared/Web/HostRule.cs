using System.Net;

namespace MyKey.App.Shared.Web;

/// <summary>
/// Pages live under one host name only: a cookie belongs to a host whatever the port, and on this machine 127.0.0.1 is shared with the
/// card agent. Loopback names answer machines and send people on; any other name (DNS rebinding) gets nothing.
/// </summary>
public sealed class HostRule(RequestDelegate next, Site site)
{
    public Task Invoke(HttpContext context)
    {
        var request = context.Request;
        if (string.Equals(request.Host.Host, site.Host, StringComparison.OrdinalIgnoreCase)) return next(context);
        if (request.Path == "/healthz" || request.Path == "/readyz") return next(context);
        if (!IsLoopback(request.Host.Host)) return Answer(context, StatusCodes.Status421MisdirectedRequest);
        if (request.Path.IsForMachines()) return next(context);
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return Answer(context, StatusCodes.Status421MisdirectedRequest);
        var there = request.Host.Port is { } port ? new HostString(site.Host, port) : new HostString(site.Host);
        context.Response.Redirect($"{request.Scheme}://{there}{request.PathBase}{request.Path}{request.QueryString}");
        return Task.CompletedTask;
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("This name is not served here.\n");
    }
}
