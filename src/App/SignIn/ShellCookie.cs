namespace MyKey.App.SignIn;

/// <summary>
/// One cookie per shell, holding nothing but a random token. Lax, because Strict is not sent on the return from the card agent; every change
/// is a POST with antiforgery token and Origin check. Over TLS it carries the prefix __Host-, which binds it to this very host.
/// </summary>
/// <param name="Days">How long the browser keeps it; null: until it is closed.</param>
public sealed record ShellCookie(string Name, int? Days = null)
{
    public static ShellCookie Citizen { get; } = new("mykey-citizen");

    public static ShellCookie Office { get; } = new("mykey-office");

    public static ShellCookie Operator { get; } = new("mykey-operator");

    /// <summary>The municipality an officer with roles in several works for; decides nothing that the roles don't.</summary>
    public static ShellCookie OfficeTown { get; } = new("mykey-office-town");

    public static ShellCookie Terminal { get; } = new("mykey-terminal", Days: 365);

    /// <summary>The session that a shop opens on its terminal with its own code.</summary>
    public static ShellCookie Shop { get; } = new("mykey-shop");

    /// <summary>The citizen who stands at this terminal: the token of decision 7, five minutes.</summary>
    public static ShellCookie Shown { get; } = new("mykey-shown");

    /// <summary>The list that an organiser's device was writing when it began to wait for a card.</summary>
    public static ShellCookie Occasion { get; } = new("mykey-occasion");

    /// <summary>The code of an activity that this browser scanned, until its owner has logged in.</summary>
    public static ShellCookie Attend { get; } = new("mykey-attend");

    /// <summary>What a question to a card or a passkey is bound to before anybody is signed in.</summary>
    public static ShellCookie BeforeLogin { get; } = new("mykey-before-login");

    /// <summary>Where a card login goes on to.</summary>
    public static ShellCookie CardBack { get; } = new("mykey-card-back");

    /// <summary>The question that this browser shows to a telephone, and its link.</summary>
    public static ShellCookie Phone { get; } = new("mykey-phone");

    /// <summary>This browser came back from the preparation software before, so nobody has to be asked whether there is one.</summary>
    public static ShellCookie Prepared { get; } = new("mykey-prepared", Days: 365);

    /// <summary>Has to come back from the check of this machine: the browser keeps cookies.</summary>
    public static ShellCookie Checking { get; } = new("mykey-checking");

    /// <summary>A success of earlier: this device is known to the owner of a MyKey ID (V-D2).</summary>
    public static ShellCookie Device { get; } = new("mykey-device", Days: 365);

    /// <summary>The same token for every tab of this browser, so that one tab's question does not take the cookie of another's.</summary>
    public string Keep(HttpContext context)
    {
        var token = Read(context) is { Length: 43 } kept ? kept : Identity.Token.New().Text;
        Set(context, token);
        return token;
    }

    public string? Read(HttpContext context) => context.Request.Cookies[NameFor(context)];

    /// <param name="lives">Shorter than the cookie's own days, where what it holds ends earlier.</param>
    public void Set(HttpContext context, string token, TimeSpan? lives = null) => context.Response.Cookies.Append(NameFor(context), token, Options(context, lives ?? (Days is { } days ? TimeSpan.FromDays(days) : null)));

    public void Clear(HttpContext context) => context.Response.Cookies.Delete(NameFor(context), Options(context, null));

    private string NameFor(HttpContext context) => context.Request.IsHttps ? $"__Host-{Name}" : Name;

    private static CookieOptions Options(HttpContext context, TimeSpan? lives) => new()
    {
        HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, MaxAge = lives,
    };
}
