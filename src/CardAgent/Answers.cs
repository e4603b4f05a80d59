using MyKey.Kernel.Cards;

namespace MyKey.CardAgent;

/// <summary>303: the next request is a GET, whatever this one was.</summary>
public static class Answers
{
    public static IResult SeeOther(string location) => new SeeOtherResult(location);

    private sealed class SeeOtherResult(string location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = location;
            return Task.CompletedTask;
        }
    }
}

public static class Query
{
    /// <summary>Each name once, or null.</summary>
    public static Dictionary<string, string>? Single(HttpRequest request) =>
        request.Query.Any(q => q.Value.Count != 1) ? null : request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());

    public static CardChallenge? Challenge(HttpRequest request) => Single(request) is { } query ? CardChallenge.Read(query) : null;
}
