namespace MyKey.App.Shared.Web;

/// <summary>A file as it was sent, by form or as the body of a call, whole in memory: how large it may be is said where it is taken.</summary>
public static class Upload
{
    public static Task<byte[]> Bytes(this IFormFile file, CancellationToken stop) => All(file.CopyToAsync, stop);

    public static Task<byte[]> Bytes(this HttpRequest request, CancellationToken stop) => All(request.Body.CopyToAsync, stop);

    private static async Task<byte[]> All(Func<Stream, CancellationToken, Task> copy, CancellationToken stop)
    {
        using var content = new MemoryStream();
        await copy(content, stop);
        return content.ToArray();
    }
}
