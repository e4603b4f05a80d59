using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.App.SignIn;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Cards;

namespace MyKey.App.Claims;

/// <summary>The question to the card about one claim.</summary>
/// <param name="Agent">Address of the card agent; it names programme, amount and destination and asks for the PIN.</param>
/// <param name="Id">Of the claim, once it is made.</param>
public sealed record ClaimQuestion(string Agent, TransferId Id);

/// <summary>A claim is made with card and PIN for this very one (S1-42b, Z5): the question, and what its answer does.</summary>
public sealed class ClaimByCard(PlaceClaim place, ProveAction prove, TimeProvider clock)
{
    public const string ListPath = "/my/claims", AskPath = "/my/claims/card";

    public static CitizenCardAction Action { get; } = new(Purpose.Claim,
        async (context, code) => (await context.RequestServices.GetRequiredService<ClaimByCard>().Run(context, code)).Then<string>(c => PathOf(c.Id)), ListPath);

    public static string PathOf(TransferId claim) => $"{ListPath}/orders/{claim.Value}";

    /// <returns>Or as <see cref="PlaceClaim.Look"/>.</returns>
    public async Task<Result<ClaimQuestion>> Ask(HttpContext context, CitizenId citizen, WantedClaim wanted)
    {
        var judged = await place.Look(citizen, wanted, context.RequestAborted);
        if (judged.Refused is { } no) return no;
        var (claim, asked) = (judged.Value, Ids.NewV7(clock));
        Detail[] details =
        [
            new(DetailLabel.Programme, claim.Programme.Name), new(DetailLabel.Receive, Words.InWords(claim.Open.Amount)), new(DetailLabel.Destination, claim.Destination),
        ];
        var bound = new SignedClaim(citizen, asked, claim.Granted.Id, claim.Target.Key, claim.Fallback, claim.Open.Amount);
        return new ClaimQuestion(await context.AskAction(Purpose.Claim, details, bound.ToString()), PlaceClaim.IdOf(citizen, asked));
    }

    /// <returns>As <see cref="PlaceClaim.Run"/>, <c>step_up_required</c> without a code, and as <see cref="ProveAction.Run"/>.</returns>
    public async Task<Result<Claim>> Run(HttpContext context, string? code)
    {
        var citizen = await context.CitizenOf();
        if (citizen.Refused is { } nobody) return nobody;
        var proof = await prove.Run(context.RequestServices.GetRequiredService<SignedIn>().Session, Purpose.Claim, code, ShellCookie.BeforeLogin.Read(context), context.RequestAborted);
        if (proof.Refused is { } no) return no;
        if (SignedClaim.Read(proof.Value.Binding) is not { } signed || signed.Citizen != citizen.Value.Id) return Refusal.Of("auth_failed", ("why", "another person"));
        return await place.Run(signed.Citizen, signed.Asked, new WantedClaim(signed.Entitlement, signed.To, signed.Fallback, signed.Points.Value), context.RequestAborted);
    }
}

/// <summary>The one claim that a signature stands for. The citizen belongs to it.</summary>
public sealed record SignedClaim(CitizenId Citizen, Guid Asked, TransferId Entitlement, string To, Fallback Fallback, Kernel.Points Points)
{
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{Citizen.Value:N} {Asked:N} {Entitlement.Value:N} {To} {Words<Fallback>.Of(Fallback)} {Points.Value}");

    public static SignedClaim? Read(string? binding) =>
        binding?.Split(' ') is [var citizen, var asked, var grant, var to, var then, var points] && Guid.TryParseExact(citizen, "N", out var person) && Guid.TryParseExact(asked, "N", out var question)
        && Guid.TryParseExact(grant, "N", out var entitlement) && Words<Fallback>.Find(then) is { } fallback && Kernel.Points.Read(points) is { Ok: true } many
            ? new SignedClaim(CitizenId.Of(person), question, new TransferId(entitlement), to, fallback, many.Value) : null;
}
