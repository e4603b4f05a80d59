using Microsoft.Extensions.Options;
using MyKey.Sandbox;
using MyKey.Sandbox.Authority;
using MyKey.Sandbox.Cards;
using MyKey.Sandbox.Conformance;
using MyKey.Sandbox.Demo;

if (args is ["load-demo", ..]) return await DemoLoader.Run(args[1..]);
if (args is ["conformance", ..]) return await ConformanceCommand.Run(args[1..]);

var app = SandboxHost.Build(args, TimeProvider.System);
FirstCards.Make(app.Services.GetRequiredService<IOptions<CardPartyOptions>>().Value.Folder, app.Services.GetRequiredService<NationalAuthority>());
app.Run();
return 0;
