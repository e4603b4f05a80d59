using System.CommandLine;
using MyKey.Load;
using MyKey.Load.Http;

if (args is [EmptyHost.Command]) return await EmptyHost.Serve();

var accounts = new Option<int>("--accounts") { Description = "accounts with two lots each, made through the ledger", DefaultValueFactory = _ => 1_000_000 };
var seconds = new Option<int>("--seconds") { Description = "length of a turn", DefaultValueFactory = _ => 20 };
var inFlight = new Option<int>("--in-flight") { Description = "payments that wait for their answer at any moment", DefaultValueFactory = _ => 2_000 };
var seed = new Option<int>("--seed") { Description = "of citizens, shops and amounts", DefaultValueFactory = _ => 1 };
var refused = new Option<int>("--refused-percent") { Description = "payments that ask for more than there is", DefaultValueFactory = _ => 2 };
var writers = new Option<int>("--writers") { Description = "writers of the ledger on PostgreSQL", DefaultValueFactory = _ => new MyKey.Ledger.LedgerOptions().Writers };
var connections = new Option<int>("--connections") { Description = "over HTTP: connections to the App, with one payment each at a time", DefaultValueFactory = _ => 1_000 };
var people = new Option<int>("--people") { Description = "over HTTP: accounts whose holder has a MyKey ID and pays; evenly spread over all", DefaultValueFactory = _ => 100_000 };
var level = new Option<string>("--level") { Description = "where payments are put in: http = the API of an App of its own, ledger = Ledger.Post in this process", DefaultValueFactory = _ => "http" };
var noSeal = new Option<bool>("--no-seal") { Description = "measure without records, commitments and block roots; such a ledger is not audited" };
var sqlite = new Option<bool>("--sqlite") { Description = "an embedded SQLite file instead of PostgreSQL" };
var postgres = new Option<string?>("--postgres") { Description = "connection string of a server that may create databases; without it an own server is started and removed" };
var baseline = new Option<bool>("--baseline") { Description = "in turns with the usual way, one transaction per payment by pgbench, and print the ratio" };
var rounds = new Option<int>("--rounds") { Description = "turns of each with --baseline", DefaultValueFactory = _ => 3 };
var json = new Option<bool>("--json") { Description = "one JSON object on stdout; what happens meanwhile goes to stderr" };
var work = new Option<string?>("--work") { Description = "one work beside payments, measured once: coupons, grants, premium, expiry, move, tickets, login, closing, log, lookups, search or pages" };
var size = new Option<int?>("--size") { Description = "with --work: codes, lines, events, lots, tickets, rows or links; as many as the bar asks for if left out" };
work.AcceptOnlyFromAmong([.. MyKey.Load.Works.Work.All.Keys]);
level.AcceptOnlyFromAmong("http", "ledger");

var root = new RootCommand("Drives payments with points and says how many a second, how long they take and what they cost; then audits.")
{
    accounts, seconds, inFlight, seed, refused, writers, level, connections, people, noSeal, sqlite, postgres, baseline, rounds, json, work, size,
};
root.SetAction((parsed, stop) => Run.Start(new LoadOptions
{
    Accounts = parsed.GetValue(accounts), Seconds = parsed.GetValue(seconds), InFlight = parsed.GetValue(inFlight), Seed = parsed.GetValue(seed),
    RefusedPercent = parsed.GetValue(refused), Writers = parsed.GetValue(writers), Connections = parsed.GetValue(connections), People = Math.Min(parsed.GetValue(people), parsed.GetValue(accounts)),
    Http = parsed.GetValue(level) == "http" && !parsed.GetValue(noSeal) && !parsed.GetValue(sqlite), Seal = !parsed.GetValue(noSeal), Sqlite = parsed.GetValue(sqlite),
    Postgres = parsed.GetValue(postgres), Baseline = parsed.GetValue(baseline), Rounds = parsed.GetValue(rounds), Json = parsed.GetValue(json), Work = parsed.GetValue(work), Size = parsed.GetValue(size),
}, stop));
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
