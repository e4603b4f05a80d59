using Dapper;
using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Identity.Terminals;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Kernel.OperationLog;

namespace MyKey.App.Organisers;

/// <summary>What an office says of an organiser, as typed.</summary>
/// <param name="State"><c>active</c>, or <c>ended</c>: it records no more, and may again later.</param>
public sealed record OrganiserEntry(string? Name, string? State, IReadOnlyList<Guid> Programmes);

/// <summary>
/// The organisers of an office's municipality and the devices with which their people record. A device that the office registered stands for the organiser:
/// its people need no account, password or authenticator of their own, and what is lost is stopped within a second.
/// </summary>
public sealed class OfficeOrganisers(Database database, FindOrganisers find, ProgrammeList programmes, FindTerminal terminals, RegisterTerminal register, OperationLog log, TimeProvider clock)
{
    public const int LongestName = 60;

    private const string Insert = "insert into pts_organiser(id, municipality, name, state, made_ms) values (@Id, @Municipality, @Name, @State, @Now) on conflict do nothing";

    private const string Update = "update pts_organiser set name = @Name, state = @State where id = @Id and municipality = @Municipality";

    public async Task<Result<Organiser[]>> List(StaffAtWork work, CancellationToken stop = default) => May(work) is { } no ? no : (await find.Of(work.Office.Code, stop)).ToArray();

    /// <returns>Or <c>role_forbidden</c>, <c>not_found</c>.</returns>
    public async Task<Result<Organiser>> One(StaffAtWork work, OrganiserId id, CancellationToken stop = default)
    {
        if (May(work) is { } no) return no;
        return await find.Find(id, stop) is { } organiser && organiser.Municipality == work.Office.Code ? organiser : Refusal.Of("not_found");
    }

    /// <summary>The programmes for which somebody can record: where each time counts, or a year does.</summary>
    public async Task<IReadOnlyList<Programme>> Recordable(StaffAtWork work, CancellationToken stop = default) =>
        [.. (await programmes.Of(work.Office.Code, stop)).Where(p => p.State == ProgrammeState.Open && p.TakesAttendance)];

    /// <summary>Enters one, or says anew what holds for it.</summary>
    /// <returns><c>role_forbidden</c>, <c>not_found</c> for another office's, <c>field_required</c>, <c>programme_not_recorded</c>, and what a name is refused for.</returns>
    public async Task<Result<Organiser>> Save(StaffAtWork work, OrganiserId id, OrganiserEntry entry, CancellationToken stop = default)
    {
        if (work.Require(Role.Officer).Refused is { } forbidden) return forbidden;
        var name = NameText.Read("name", entry.Name, LongestName);
        if (name.Refused is { } no) return no;
        if (Words<OrganiserState>.Find(entry.State ?? "active") is not { } state) return Refusal.Of("field_required", ("field", "state"));
        var chosen = entry.Programmes.Distinct().Order().Select(ProgrammeId.Of).ToList();
        var before = await find.Find(id, stop);
        if (before is not null && before.Municipality != work.Office.Code) return Refusal.Of("not_found");
        // What it may record already may have ended since; only what is new has to be there.
        var there = (await Recordable(work, stop)).Select(p => p.Id).Concat(before?.Programmes ?? []).ToHashSet();
        if (chosen.Exists(p => !there.Contains(p))) return Refusal.Of("programme_not_recorded");
        var organiser = new Organiser(id, work.Office.Code, name.Value, state, chosen);
        return await database.WriteOrRefuse<Organiser>(async tx =>
        {
            var row = new { organiser.Id, organiser.Municipality, organiser.Name, State = Words<OrganiserState>.Of(state), Now = clock.NowMs() };
            var made = await tx.Connection.ExecuteAsync(Insert, row, tx.Handle) == 1;
            if (!made && await tx.Connection.ExecuteAsync(Update, row, tx.Handle) == 0) return Refusal.Of("not_found");
            await tx.Connection.ExecuteAsync("delete from pts_organiser_programme where organiser = @Id", row, tx.Handle);
            await tx.Connection.ExecuteAsync("insert into pts_organiser_programme(organiser, programme) values (@Id, @Programme)", chosen.Select(p => new { organiser.Id, Programme = p }), tx.Handle);
            if (made || Said(before) != Said(organiser)) await log.Write(tx, new Operation("organiser.saved", work.Actor, id.Value, Before: Said(before), After: Said(organiser)));
            return organiser;
        }, stop);
    }

    /// <summary>The devices of an organiser, newest first.</summary>
    public async Task<IReadOnlyList<Terminal>> Devices(Organiser organiser, CancellationToken stop = default) =>
        [.. (await terminals.All(organiser.Municipality, stop)).Where(t => t.Holder == organiser.Id.Value)];

    /// <returns>The one-time code; the same again gives a new code of the same device. As <see cref="RegisterTerminal.Register"/>, and <c>not_found</c>, <c>organiser_ended</c>.</returns>
    public async Task<Result<RegisteredTerminal>> AddDevice(StaffAtWork work, OrganiserId id, (TerminalId Id, string? Label) device, CancellationToken stop = default)
    {
        var organiser = (await One(work, id, stop)).Then(o => o.RequireActive());
        if (organiser.Refused is { } no) return no;
        return await register.Register(work.Member, new NewTerminal(work.Office.Code, id.Value, device.Label, [TerminalProfile.Organiser], device.Id), stop);
    }

    private static Refusal? May(StaffAtWork work) =>
        work.Require(Role.Officer).Ok || work.Require(Role.Approver).Ok || work.Require(Role.TerminalAdmin).Ok ? null : Refusal.Of("role_forbidden");

    private static string? Said(Organiser? organiser) =>
        organiser is null ? null : $"{organiser.Municipality} {Words<OrganiserState>.Of(organiser.State)} {organiser.Programmes.Count} programmes {organiser.Name}";
}
