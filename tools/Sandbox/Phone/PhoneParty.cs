namespace MyKey.Sandbox.Phone;

/// <summary>What the makers of a telephone's app have set (section <c>Phone</c>).</summary>
public sealed class PhoneOptions
{
    /// <summary>The origin of the one site that the app answers, whatever a QR code says.</summary>
    public string Site { get; set; } = "http://mykey.localhost:5080";
}

/// <summary>A telephone with the app that reads cards, as one of the parties of the sandbox; its cards are those of the tray.</summary>
public static class PhoneParty
{
    public const string Host = "phone.localhost";

    public static void AddPhoneParty(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<PhoneOptions>(configuration.GetSection("Phone"));
        services.AddSingleton<PhoneApp>();
    }
}
