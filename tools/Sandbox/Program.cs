using MyKey.Sandbox.Authority;

var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
using var authority = NationalAuthority.Open(app.Configuration["Sandbox:Authority:Folder"] ?? "data/sandbox/authority", TimeProvider.System);
app.MapAuthority(authority);
app.Run();
