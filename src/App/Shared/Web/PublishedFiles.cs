using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace MyKey.App.Shared.Web;

/// <summary>Stylesheet and pictures as they were published. Nobody changes them, so nobody watches them: the system has few watchers, and without one no page would come.</summary>
internal sealed class PublishedFiles(IFileProvider files) : IFileProvider
{
    public IDirectoryContents GetDirectoryContents(string subpath) => files.GetDirectoryContents(subpath);

    public IFileInfo GetFileInfo(string subpath) => files.GetFileInfo(subpath);

    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;
}
