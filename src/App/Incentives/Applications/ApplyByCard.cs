using MyKey.App.Offers;
using MyKey.App.Shared.Components;
using MyKey.App.SignIn;
using MyKey.App.WaitingRooms;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.Applications;

/// <summary>The question to the card that names programme and points, and what its answer does (S1-25). The same on the page and over the API.</summary>
public sealed class ApplyByCard(WaitingRoom room, ApplicationRules rules, FindApplications find, ApplyForOffer apply, ApplicationDestination destinations, UseCardCode use)
{
    public const string Path = "/my/applications";

    public static CitizenCardAction Action { get; } = Of(Purpose.Apply);

    public static CitizenCardAction ActionTo { get; } = Of(Purpose.ApplyTo);

    private static CitizenCardAction Of(Purpose purpose) => new(purpose,
        async (context, code) => (await context.RequestServices.GetRequiredService<ApplyByCard>().Run(context, code)).Then<string>(a => $"{a.Path}?done=1"), Path)
    {
        EndedAt = asked => ApplicationWish.Read(asked.Binding) is { } wish ? PageOf(wish.Programme) : Path,
    };

    public static string PageOf(ProgrammeId programme) => $"{Path}/new/{programme.Value}";

    /// <returns>The agent's address; <c>queue_wait</c> (at, wait) where many come at once, the refusals of <see cref="ApplicationRules.Check"/> and of <see cref="ApplicationDestination.Read"/>, <c>conditions_unanswered</c>, <c>id_reused</c>.</returns>
    public async Task<Result<string>> Ask(HttpContext context, Citizen citizen, ApplicationWish wish)
    {
        if (await room.Enter(context, citizen.Id, context.RequestAborted) is { } wait) return wait;
        var (finding, looking) = (find.One(wish.Id, context.RequestAborted), rules.Check(citizen.Id, wish.Programme, context.RequestAborted));
        if (await finding is { } before && (before.Citizen != citizen.Id || before.Programme != wish.Programme)) return Refusal.Of("id_reused");
        var looked = await looking;
        if (looked.Refused is { } no) return no;
        var offered = looked.Value.Offered;
        if (offered.AsksDeclaration && !wish.Declared) return Refusal.Of("conditions_unanswered");
        var target = await destinations.Read(citizen.Id, offered, wish.To, context.RequestAborted);
        if (target.Refused is { } nowhere) return nowhere;
        Detail[] details = [new(DetailLabel.Programme, offered.Offer.Texts.Title), new(DetailLabel.Receive, Words.InWords(offered.Amount))];
        return target.Value is { } to
            ? await context.AskAction(Purpose.ApplyTo, [.. details, new Detail(DetailLabel.Destination, to.Word)], (wish with { To = to.Key }).Binding)
            : await context.AskAction(Purpose.Apply, details, wish.Binding);
    }

    /// <returns>As <see cref="ApplyForOffer.Run"/>, and what the session is refused for.</returns>
    public async Task<Result<Application>> Run(HttpContext context, string? code)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var proof = await use.Use(code, ShellCookie.BeforeLogin.Read(context), context.RequestAborted);
        return proof.Refused is { } no ? no : await apply.Run(citizen.Value.Id, proof.Value, context.RequestAborted);
    }
}
