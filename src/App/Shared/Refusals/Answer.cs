using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using MyKey.Kernel;

namespace MyKey.App.Shared.Refusals;

/// <summary>
/// What an API endpoint gives back: its reply as JSON, or the refusal as problem details. A slice just returns its
/// <see cref="Result{T}"/>: <c>static async Task&lt;Answer&lt;UseReply&gt;&gt; Post(…) => await usePoints.Run(…)</c>.
/// </summary>
public sealed class Answer<T> : IResult, IEndpointMetadataProvider
{
    private readonly Result<T> result;

    internal Answer(Result<T> result, int status = StatusCodes.Status200OK) => (this.result, Status) = (result, result.Refused?.Status ?? status);

    public int Status { get; }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (result.Refused is { } refusal) return httpContext.Refuse(refusal);
        httpContext.Response.StatusCode = Status;
        return httpContext.Response.WriteAsJsonAsync(result.Value);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
        foreach (var status in (int[])[400, 401, 403, 404, 409, 422, 429, 503])
            builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), [Problems.MediaType]));
    }

    public static implicit operator Answer<T>(Result<T> result) => new(result);

    public static implicit operator Answer<T>(Refusal refusal) => new(refusal);

    public static implicit operator Answer<T>(T value) => new(value);
}

public static class Answer
{
    /// <summary>201 the first time; a repeat answers with 200 and the same body (decision 7). Tell OpenAPI by <c>.Produces&lt;T&gt;(201)</c>.</summary>
    public static Answer<T> Created<T>(Result<T> result) => new(result, StatusCodes.Status201Created);
}
