using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Partners;

/// <summary>All partners, as the operators keep them (S0-5006).</summary>
public sealed class OperatorPartnersPage(PartnerCache partners, TimeProvider clock) : StaffPage
{
    public IReadOnlyList<Partner> Partners { get; private set; } = [];

    public DateOnly Today { get; private set; }

    private PartnerView View { get; set; } = null!;

    public async Task OnGet()
    {
        (View, Today) = (await partners.View(), clock.Today());
        Partners = View.All;
    }

    public bool IsOpen(Partner partner) => View.OpenOn(Today).Contains(partner);
}
