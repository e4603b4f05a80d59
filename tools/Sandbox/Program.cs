using System.Net;
using MyKey.Sandbox.Cards;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, builder.Configuration.GetValue("Port", 5090)));
builder.Services.AddCards(builder.Configuration);
var app = builder.Build();
app.MapCards();
app.Run();
