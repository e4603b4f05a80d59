using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Office.Shops;

/// <summary>What an office tells everybody about its shops and libraries one by one, or about its shops by a file of thousands, behind pages and API alike.</summary>
public sealed class OfficePlaces(DescribePlace describe, ImportAcceptors import)
{
    /// <returns>A shop, a library or another provider of the office; <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<Place>> Get(StaffAtWork work, Guid id, CancellationToken stop)
    {
        if (work.Require(Role.TerminalAdmin).Refused is { } no) return no;
        var place = await describe.Get(id, stop);
        return place.Ok && (place.Value.Municipality != work.Office.Code || place.Value.Source == PlaceSource.Support) ? Refusal.Of("not_found") : place;
    }

    /// <returns>As <see cref="DescribePlace.Run"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<Place>> Save(StaffAtWork work, Guid id, (PlaceEntry Entry, string? OwnNo) typed, CancellationToken stop)
    {
        var place = await Get(work, id, stop);
        return place.Refused is { } no ? no : await describe.Run(id, typed.Entry, typed.OwnNo, work.Actor, stop);
    }

    /// <returns>As <see cref="ImportAcceptors.Look"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<AcceptorFile>> Look(StaffAtWork work, byte[] content, CancellationToken stop) =>
        work.Require(Role.TerminalAdmin).Refused is { } no ? no : await import.Look(work.Office.Code, content, work.Actor, stop);

    /// <summary>Those of the office, the newest first.</summary>
    public async Task<Result<AcceptorFile[]>> Files(StaffAtWork work, CancellationToken stop) =>
        work.Require(Role.TerminalAdmin).Refused is { } no ? no : (await import.Of(work.Office.Code, stop)).ToArray();

    public async Task<Result<(AcceptorFile File, IReadOnlyList<AcceptorFileLine> Lines)>> One(StaffAtWork work, string sha256, CancellationToken stop) =>
        work.Require(Role.TerminalAdmin).Refused is { } no ? no : await import.One(work.Office.Code, sha256, stop);

    /// <returns>As <see cref="ImportAcceptors.Take"/>, and <c>role_forbidden</c>.</returns>
    public async Task<Result<AcceptorFile>> Take(StaffAtWork work, string sha256, CancellationToken stop) =>
        work.Require(Role.TerminalAdmin).Refused is { } no ? no : await import.Take(work.Office.Code, sha256, work.Actor, stop);
}
