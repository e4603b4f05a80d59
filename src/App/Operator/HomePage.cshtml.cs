using MyKey.App.SignIn;

namespace MyKey.App.Operator;

/// <summary>Start of the platform's operators: the work that there is.</summary>
public sealed class HomePage : StaffPage
{
    public void OnGet()
    {
    }
}
