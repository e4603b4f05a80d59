using System.Net;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, builder.Configuration.GetValue("Port", 5090)));
builder.Services.AddCards(builder.Configuration);
var app = builder.Build();
using var authority = NationalAuthority.Open(app.Configuration["Sandbox:Authority:Folder"] ?? "data/sandbox/authority", TimeProvider.System);
app.MapAuthority(authority);
app.MapCards();
app.Run();
