using FsCheck;
using FsCheck.Fluent;
using MyKey.Kernel;
using MyKey.Kernel.Db;
using MyKey.Ledger;
using MyKey.Tests.Ledger;
using MyKey.Tests.Support;

namespace MyKey.Tests.Properties;

/// <summary>Goal: whatever is asked in whatever order, the ledger answers as a model of a few lines does, and its audit holds.</summary>
public class LedgerModelTests
{
    private const int Citizens = 3;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Any_sequence_of_actions_ends_as_in_the_model(Engine engine)
    {
        var runs = engine == Engine.Sqlite ? 60 : 25;
        foreach (var (actions, seed) in Gen.ArrayOf(Actions, 40).Sample(runs).Select((a, i) => (a, i)))
        {
            await using var house = await LedgerHouse.New(engine);
            await Play(house, actions, seed);
            await house.MustAddUp();
        }
    }

    private static Gen<Step> Actions => Gen.Frequency(
        (3, from c in Who from a in Gen.Choose(1, 100) from d in Gen.Choose(0, 6) select new Step('g', c, a, d)),
        (6, from c in Who from a in Gen.Choose(1, 120) from e in Gen.Choose(0, 1) select new Step('u', c, a, e)),
        (3, from c in Who from n in Gen.Choose(0, 9) select new Step('c', c, n, 0)),
        (3, from c in Who from a in Gen.Choose(1, 80) select new Step('t', c, a, 0)),
        (2, from c in Who from n in Gen.Choose(0, 9) select new Step('p', c, n, 0)),
        (2, from c in Who from n in Gen.Choose(0, 9) select new Step('r', c, n, 0)),
        (2, from d in Gen.Choose(1, 3) select new Step('d', 0, d, 0)),
        (1, Gen.Constant(new Step('x', 0, 0, 0))));

    private static Gen<int> Who => Gen.Choose(0, Citizens - 1);

    private static async Task Play(LedgerHouse house, Step[] steps, int run)
    {
        var citizens = Enumerable.Range(0, Citizens).Select(_ => LedgerHouse.NewCitizen()).ToArray();
        var model = Enumerable.Range(0, Citizens).Select(_ => new Model()).ToArray();
        var uses = Enumerable.Range(0, Citizens).Select(_ => new List<Posted>()).ToArray();
        var tickets = Enumerable.Range(0, Citizens).Select(_ => new List<Posted>()).ToArray();
        var job = new Expire(house.Database, house.Ledger, house.Clock);
        foreach (var (step, at) in steps.Select((s, i) => (s, i)))
        {
            var (mine, today) = (model[step.Citizen], house.Clock.Today().DayNumber);
            var (expected, answered) = step.Action switch
            {
                'g' => (mine.Grant(step.Amount, today, today + step.More), Say(await house.Grant(citizens[step.Citizen], step.Amount, step.More))),
                'u' => (mine.Use(step.Amount, today, step.More == 1), Say(await Use())),
                'c' when uses[step.Citizen].Count > 0 => (mine.Cancel(step.Amount % uses[step.Citizen].Count, today),
                    Say(await house.Cancel(uses[step.Citizen][step.Amount % uses[step.Citizen].Count]))),
                't' => (mine.Issue(step.Amount, today), Say(await Issue())),
                'p' when Ticket() is { } ticket => (mine.Pay(Which(tickets)), Say(await house.TicketUse(citizens[step.Citizen], ticket))),
                'r' when Ticket() is { } ticket => (mine.Return(Which(tickets), today), Say(await house.TicketReturn(ticket))),
                'd' => Days(),
                'x' => await Lapse(),
                _ => ("", ""),
            };
            Assert.True(expected == answered, $"run {run}, step {at} {step}: the model says {expected}, the ledger {answered}\n{string.Join('\n', steps.Take(at + 1))}");

            async Task<Result<Posted>> Use()
            {
                var used = await house.Use(citizens[step.Citizen], step.Amount, order: step.More == 1 ? ConsumeOrder.EarliestExpiry : ConsumeOrder.GrantDate);
                if (used.Ok) uses[step.Citizen].Add(used.Value);
                return used;
            }

            async Task<Result<Posted>> Issue()
            {
                var issued = await house.TicketIssue(citizens[step.Citizen], step.Amount);
                if (issued.Ok) tickets[step.Citizen].Add(issued.Value);
                return issued;
            }

            Posted? Ticket() => tickets[step.Citizen] is { Count: > 0 } own ? own[Which(tickets)] : null;

            int Which(List<Posted>[] of) => step.Amount % of[step.Citizen].Count;

            (string, string) Days()
            {
                house.Clock.AdvanceDays(step.Amount);
                return ("", "");
            }

            async Task<(string, string)> Lapse()
            {
                await job.Run();
                return ("", "");
            }
        }
        for (var c = 0; c < Citizens; c++) Assert.Equal(model[c].Usable(house.Clock.Today().DayNumber), await house.Usable(citizens[c]));
    }

    private static string Say(Result<Posted> answer) => answer.Ok ? $"rest {answer.Value.BalanceAfter}" : answer.Refused!.Code;

    private sealed record Step(char Action, int Citizen, int Amount, int More);

    /// <summary>The ledger of one citizen as one would tell it: lots of (acquired, expires, order, rest); uses and tickets remember what they took.</summary>
    private sealed class Model
    {
        private readonly List<(int Acquired, int Expires, int No, long Left)> lots = [];
        private readonly List<List<(int No, long Part)>?> taken = [];
        private readonly List<(List<(int No, long Part)> Parts, bool Returned)> tickets = [];

        public long Usable(int today) => lots.Where(l => l.Expires >= today).Sum(l => l.Left);

        public string Grant(long amount, int today, int expires)
        {
            lots.Add((today, expires, lots.Count, amount));
            return $"rest {Usable(today)}";
        }

        public string Use(long amount, int today, bool byExpiry)
        {
            if (Take(amount, today, byExpiry) is not { } parts) return "insufficient_points";
            taken.Add(parts);
            return $"rest {Usable(today)}";
        }

        public string Issue(long amount, int today)
        {
            if (Take(amount, today, byExpiry: false) is not { } parts) return "insufficient_points";
            tickets.Add((parts, false));
            return $"rest {Usable(today)}";
        }

        public string Pay(int ticket)
        {
            var parts = tickets[ticket].Parts;
            if (parts.Count == 0) return "insufficient_points";
            parts.Clear();
            return "rest 0";
        }

        public string Return(int ticket, int today)
        {
            if (tickets[ticket].Returned) return "already_cancelled";
            if (tickets[ticket].Parts.Count == 0) return "insufficient_points";
            foreach (var (no, part) in tickets[ticket].Parts)
                if (lots[no].Expires >= today) lots[no] = lots[no] with { Left = lots[no].Left + part };
            tickets[ticket] = ([], true);
            return $"rest {Usable(today)}";
        }

        private List<(int No, long Part)>? Take(long amount, int today, bool byExpiry)
        {
            if (Usable(today) < amount) return null;
            var parts = new List<(int, long)>();
            foreach (var lot in lots.Where(l => l.Expires >= today && l.Left > 0).OrderBy(l => byExpiry ? (l.Expires, l.Acquired, l.No) : (l.Acquired, l.Expires, l.No)).ToList())
            {
                var part = Math.Min(amount, lot.Left);
                if (part == 0) break;
                lots[lot.No] = lot with { Left = lot.Left - part };
                parts.Add((lot.No, part));
                amount -= part;
            }
            return parts;
        }

        public string Cancel(int use, int today)
        {
            if (taken[use] is not { } parts) return "already_cancelled";
            taken[use] = null;
            foreach (var (no, part) in parts)
                if (lots[no].Expires >= today) lots[no] = lots[no] with { Left = lots[no].Left + part };
                else lots.Add((lots[no].Acquired, today + 30, lots.Count, part));
            return $"rest {Usable(today)}";
        }
    }
}
