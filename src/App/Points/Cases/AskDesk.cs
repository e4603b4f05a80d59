using MyKey.App.Libraries;
using MyKey.App.Passbooks;
using MyKey.App.Registry;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Cases;

/// <summary>What is asked.</summary>
/// <param name="Id">Made by the caller: the same again answers again.</param>
/// <param name="Desk">6 digits of one of the municipalities that <see cref="AskDesk.Desks"/> tells; null or empty: the operators.</param>
/// <param name="Topic">As <see cref="QuestionTopic"/>, in small letters.</param>
/// <param name="Said">The question itself.</param>
public sealed record WantedQuestion(Guid Id, string? Desk, string? Topic, string? Said);

/// <summary>
/// A citizen asks a desk something that belongs to no line of a history (S0-1022d): in writing, without a mail address, and reads the answer on My Page. Who can be asked is
/// whoever has to do with him: his base municipality, those whose points he has or had, those whose libraries and other places know his card; and the operators.
/// </summary>
public sealed class AskDesk(OpenCase open, FindCases find, Passbook passbook, LedgerReading reading, FindLinks links, RegistryCache registry, TimeProvider clock)
{
    public const int LongestQuestion = 400;

    /// <summary>The municipalities that he can ask, his own first.</summary>
    public async Task<IReadOnlyList<Municipality>> Desks(Citizen citizen, CancellationToken stop = default)
    {
        var view = await registry.View();
        var issuers = await passbook.Issuers(citizen.Id, await reading.Holdings(citizen.Id, clock.Today()));
        var places = (await links.Of(citizen.Id, stop)).Select(l => view.Find(l.Provider)?.Municipality).OfType<MunicipalityCode>();
        var codes = new[] { citizen.BaseMunicipality }.OfType<MunicipalityCode>().Concat(issuers.Concat(places).Order()).Distinct();
        return [.. codes.Select(view.Find).OfType<Municipality>().Where(m => m.State == MunicipalityState.Live)];
    }

    /// <returns>
    /// The case; <c>municipality_unknown</c> for a desk that is none of <see cref="Desks"/>, <c>field_required</c>, <c>field_unknown</c> (field), <c>too_large</c> and what free text is refused for,
    /// <c>case_limit</c> (most), <c>id_reused</c>.
    /// </returns>
    public async Task<Result<OpenedCase>> Run(Citizen citizen, WantedQuestion wanted, CancellationToken stop = default)
    {
        if (string.IsNullOrEmpty(wanted.Topic)) return Refusal.Of("field_required", ("field", "topic"));
        if (Words<QuestionTopic>.Find(wanted.Topic) is not { } topic) return Refusal.Of("field_unknown", ("field", "topic"));
        var said = SentenceText.Read("said", wanted.Said, LongestQuestion);
        if (said.Refused is { } wrong) return wrong;
        var desk = string.IsNullOrEmpty(wanted.Desk) ? null : (await Desks(citizen, stop)).FirstOrDefault(m => m.Code.Value == wanted.Desk);
        if (desk is null && !string.IsNullOrEmpty(wanted.Desk)) return Refusal.Of("municipality_unknown");
        var made = new NewCase(wanted.Id, desk?.Code, said.Value) { Topic = topic };
        return await There(citizen, made, stop) ?? await open.Make(citizen, made, Actor.Of(citizen.Id), () => There(citizen, made, stop), stop);
    }

    /// <returns>null when it was not asked yet.</returns>
    private async Task<Result<OpenedCase>?> There(Citizen citizen, NewCase made, CancellationToken stop)
    {
        if (await find.ById(citizen.Id, made.Id, stop) is not { } same) return null;
        // Handed on to the operators it still is the question that was put to an office.
        return same.Citizen == citizen.Id && same.Topic == made.Topic && same.Said == made.Said && (same.PassedBy ?? same.Desk) == made.Desk ? new OpenedCase(same, Repeated: true) : Refusal.Of("id_reused");
    }
}
