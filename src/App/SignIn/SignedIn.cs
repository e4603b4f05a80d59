using MyKey.Identity.Sessions;
using MyKey.Kernel;

namespace MyKey.App.SignIn;

/// <summary>The session of this request. Scoped; the policy of the shell fills it in before a page's own code runs.</summary>
public sealed class SignedIn
{
    private Session? session;

    /// <exception cref="BrokenProperty">The page does not stand behind a policy.</exception>
    public Session Session
    {
        get => Must.Have(session, "a page that asks for the session stands behind a sign-in policy");
        set => session = value;
    }
}
