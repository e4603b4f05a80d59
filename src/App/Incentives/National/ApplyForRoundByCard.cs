using MyKey.App.Shared.Components;
using MyKey.App.SignIn;
using MyKey.App.WaitingRooms;
using MyKey.Identity.Challenges;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.National;

/// <summary>The question to the card that names round and service, and what its answer does. The same on the page and over the API.</summary>
public sealed class ApplyForRoundByCard(WaitingRoom room, ApplyForRound apply, UseCardCode use)
{
    public const string Path = "/my/mynapoint";

    public static CitizenCardAction Action { get; } = new(Purpose.Apply, async (context, code) => (await context.RequestServices.GetRequiredService<ApplyForRoundByCard>().Run(context, code)).Then<string>(_ => $"{Path}?done=1"), Path)
    {
        Takes = asked => RoundWish.Read(asked.Binding) is not null,
        EndedAt = asked => RoundWish.Read(asked.Binding) is { } wish ? PageOf(wish.Round, wish.Account) : Path,
    };

    public static string PageOf(ProgrammeId round, Guid account) => $"{Path}/{round.Value}/{account}";

    /// <returns>The agent's address; <c>queue_wait</c> (at, wait) where many come at once, and as <see cref="ApplyForRound.Check"/>.</returns>
    public async Task<Result<string>> Ask(HttpContext context, RoundWish wish)
    {
        if (await room.Enter(context, wish.Citizen, context.RequestAborted) is { } wait) return wait;
        var judged = await apply.Check(wish.Citizen, (wish.Round, wish.Account), AtDesk(context), context.RequestAborted);
        return judged.Refused is { } no ? no : await context.AskAction(Purpose.Apply, DetailsOf(judged.Value), wish.Binding);
    }

    /// <summary>What the card's owner sees before the PIN.</summary>
    public static IReadOnlyList<Detail> DetailsOf(JudgedWish wish) =>
        [new(DetailLabel.Programme, $"{wish.Round.Name}（{wish.Service.Name} …{wish.Account.Tail}）"), new(DetailLabel.Receive, $"{Words.InWords(wish.Round.Cap)}まで")];

    /// <returns>As <see cref="ApplyForRound.Run"/>, and what the session is refused for; without a MyKey ID <c>reservation_required</c>.</returns>
    public async Task<Result<Choice>> Run(HttpContext context, string? code)
    {
        var citizen = await Who(context);
        if (citizen.Refused is { } nobody) return nobody;
        var proof = await use.Use(code, ShellCookie.BeforeLogin.Read(context), context.RequestAborted);
        return proof.Refused is { } no ? no : await apply.Run(citizen.Value.Id, proof.Value, AtDesk(context), context.RequestAborted);
    }

    private static bool AtDesk(HttpContext context) => context.RequestServices.GetRequiredService<SignedIn>().Session.IsSitting;

    /// <summary>Who is signed in; whoever has no MyKey ID has not reserved (S3-01).</summary>
    internal static async Task<Result<Citizen>> Who(HttpContext context)
    {
        var citizen = await context.CitizenOf();
        return citizen.Refused?.Code == "mykey_missing" ? Refusal.Of("reservation_required") : citizen;
    }
}
