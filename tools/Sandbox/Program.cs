using System.Net;
using Microsoft.Extensions.Options;
using MyKey.Sandbox;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Sandbox.Demo;
using MyKey.Sandbox.Mail;
using MyKey.Sandbox.Online;
using MyKey.Sandbox.Partners;
using MyKey.Sandbox.Phone;
using MyKey.Sandbox.StreetCards;

if (args is ["load-demo", ..]) return await DemoLoader.Run(args[1..]);

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, builder.Configuration.GetValue("Port", 5090)));
builder.Services.AddSandboxPages();
builder.Services.AddCards(builder.Configuration);
builder.Services.AddPartnerParty(builder.Configuration);
builder.Services.AddOnlineParty(builder.Configuration);
builder.Services.AddCardCentres(builder.Configuration);
builder.Services.AddMailParty(builder.Configuration);
builder.Services.AddPhoneParty(builder.Configuration);
var folder = builder.Configuration["Sandbox:Authority:Folder"] ?? "data/sandbox/authority";
using var authority = NationalAuthority.Open(folder, TimeProvider.System);
builder.Services.AddSingleton(authority);
var app = builder.Build();
// Whoever starts an App beside it hands it this file: an App holds nothing of the sandbox.
File.WriteAllText(Path.Combine(folder, "anchors.pem"), authority.AnchorsPem());
FirstCards.Make(app.Services.GetRequiredService<IOptions<CardPartyOptions>>().Value.Folder, authority);
app.MapAuthority(authority);
app.MapPartnerParty();
app.MapOnlineParty();
app.MapCardCentres();
app.MapSandboxPages();
app.Run();
return 0;
