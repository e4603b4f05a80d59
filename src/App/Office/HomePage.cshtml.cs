using MyKey.App.SignIn;

namespace MyKey.App.Office;

/// <summary>Start of the office: the work that its member may do.</summary>
public sealed class HomePage : StaffPage
{
    public void OnGet()
    {
    }
}
