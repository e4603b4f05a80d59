using Microsoft.AspNetCore.Mvc;
using MyKey.App.Activities;
using MyKey.App.Applications;
using MyKey.App.Cases;
using MyKey.App.Claims;
using MyKey.App.Counters;
using MyKey.App.Events;
using MyKey.App.Messages;
using MyKey.App.National;
using MyKey.App.Offers;
using MyKey.App.Partners;
using MyKey.App.Passbooks;
using MyKey.App.PaymentServices;
using MyKey.App.Registry;
using MyKey.App.Reserved;
using MyKey.App.SignIn;
using MyKey.App.StreetCards;
using MyKey.Identity.Certificates.Lineage;
using MyKey.Identity.Citizens;
using MyKey.Kernel;
using MyKey.Kernel.Settings;
using MyKey.Ledger;

namespace MyKey.App.MyPage;

/// <summary>What is left of one municipality's points. Municipalities don't mix, so there is no sum over them.</summary>
/// <param name="NextDay">The last day of what lapses next; null when nothing is left.</param>
/// <param name="NextAmount">How much lapses then.</param>
/// <param name="From">The day from which they pay, while it is to come (S4-14).</param>
public sealed record Balance(MunicipalityCode Issuer, string Name, string PointName, Points Rest, DateOnly? NextDay, Points NextAmount, DateOnly? From);

/// <summary>Something that a citizen can do now.</summary>
/// <param name="Until">The last day on which it can be done; null: whenever.</param>
/// <param name="Button">What its button says.</param>
public sealed record HomeAction(string What, string Hint, string Path, string Button, DateOnly? Until = null);

public sealed record ComingExpiry(DateOnly Day, int DaysLeft, string Name, Points Amount);

/// <summary>My page: what is left, until when, and what can be done now.</summary>
public sealed class HomePageModel(LedgerReading reading, Passbook passbook, RegistryCache registry, PartnerCache partners, MoveReserved move, MyEvents events, OnlineUse online, MyStreetCards cards,
    UseNotices.UseNotices notices, MyCounters counters, MyEntitlements entitlements, FindPaymentServices services, FindRounds rounds, FindMessages messages, FindCases told, FindOffers offers, FindApplications applications, FindActivities activities, JoinCertificate joins, RequestJoin requests, Settings settings, TimeProvider clock) : CitizenPage
{
    public const int MostExpiries = 6;
    public const int SoonDays = 60;

    /// <summary>So long after its last day an event still stands among the balances.</summary>
    private const int DaysAfterEvent = 14;

    /// <summary><c>show</c>: the MyKey ID in full (K-19).</summary>
    [BindProperty(SupportsGet = true, Name = "id")]
    public string? Id { get; set; }

    /// <summary><c>all</c>: every coming expiry.</summary>
    [BindProperty(SupportsGet = true, Name = "expiries")]
    public string? Which { get; set; }

    public string ShownId => Id == "show" ? Citizen.MyKeyId.Value : Citizen.MyKeyId.Masked;

    public IReadOnlyList<Balance> Balances { get; private set; } = [];

    public IReadOnlyList<ComingExpiry> Expiries { get; private set; } = [];

    public bool MoreExpiries { get; private set; }

    /// <summary>Some of them pay today.</summary>
    public bool CanPay => Balances.Any(b => b.Rest > Points.Zero && b.From is null) || Events.Any(e => e.Usable > Points.Zero && e.Event.PaysOn(clock.Today()) is null);

    /// <summary>Points without a municipality yet; they count in no balance (S0-1010a).</summary>
    public ReservedPlan Reserved { get; private set; } = null!;

    /// <summary>Events for which the citizen has or had points, until some days after their end.</summary>
    public IReadOnlyList<MyEvent> Events { get; private set; } = [];

    /// <summary>Those whose end is longer ago: only their history is of use.</summary>
    public IReadOnlyList<MyEvent> PastEvents { get; private set; } = [];

    /// <summary>What was gathered over the year and is no points yet (S2-P19e).</summary>
    public IReadOnlyList<MyCounter> Counters { get; private set; } = [];

    /// <summary>Some company's points can be exchanged today.</summary>
    public bool CanExchange { get; private set; }

    /// <summary>What is set aside for online sites (S0-4010b).</summary>
    public HeldOnline Online { get; private set; } = null!;

    /// <summary>Some online site takes points today (S0-4011).</summary>
    public bool CanUseOnline { get; private set; }

    /// <summary>Some municipality of which the citizen has points takes donations (S0-4047).</summary>
    public bool CanDonate { get; private set; }

    /// <summary>A street card belongs to this ID, or points that are held can be charged onto one.</summary>
    public bool HasCards { get; private set; }

    /// <summary>There are libraries or others that take the card.</summary>
    public bool HasLibraries { get; private set; }

    /// <summary>Some municipality takes applications today (S1-14b).</summary>
    public bool HasOffers { get; private set; }

    public bool HasApplied { get; private set; }

    /// <summary>There is an activity to come, or to report.</summary>
    public bool HasActivities { get; private set; }

    /// <summary>What the citizen did not recognise and has told of (S0-5011).</summary>
    public IReadOnlyList<Case> Cases { get; private set; } = [];

    /// <summary>What can be received, and until when the first of it (S1-24).</summary>
    public (int Count, DateOnly? Until) Unclaimed { get; private set; }

    /// <summary>What offices told about applications, and the citizen has not read yet.</summary>
    public int Messages { get; private set; }

    /// <summary>There are payment services to receive by (S1-25b).</summary>
    public bool HasServices { get; private set; }

    /// <summary>A round of the national Mynapoint runs, or will.</summary>
    public bool HasRounds { get; private set; }

    /// <summary>Another card came to this ID, and the citizen has not looked yet (S0-4029a).</summary>
    public JoinedCard? Joined { get; private set; }

    /// <summary>A new card asks for this ID.</summary>
    public JoinRequest? Asking { get; private set; }

    /// <summary>What somebody new does first, in three steps: gone when the third is done.</summary>
    public bool IsNew => Citizen.BaseMunicipality is null || !HasHad;

    /// <summary>Points of any kind have been there.</summary>
    public bool HasHad => Balances.Count > 0 || Reserved.First is not null || Events.Count > 0 || PastEvents.Count > 0;

    /// <summary>What matters now: what waits for this citizen alone, then by its last day.</summary>
    public IReadOnlyList<HomeAction> Now { get; private set; } = [];

    /// <summary>What can be done besides, whenever one likes.</summary>
    public IReadOnlyList<HomeAction> Besides { get; private set; } = [];

    /// <summary>In which order points are used, where all the municipalities held agree (K-06); else null.</summary>
    public string? Order { get; private set; }

    public async Task OnGet()
    {
        var today = clock.Today();
        var view = await registry.View();
        var held = await reading.Holdings(Citizen.Id, today);
        Balances = [.. (await passbook.Issuers(Citizen.Id, held)).Select(i => Of(i, held.FirstOrDefault(h => h.Issuer == i), view, today))];
        var coming = held.SelectMany(h => h.Lots.GroupBy(l => l.ExpiresOn).Select(g => new ComingExpiry(g.Key, g.Key.DayNumber - today.DayNumber, Name(h.Issuer, view), Sum(g))))
            .OrderBy(e => e.Day).ToList();
        (Events, PastEvents) = Split(await events.All(Citizen.Id), today);
        coming = [.. coming.Concat(Events.Where(e => e.Usable > Points.Zero).Select(e => new ComingExpiry(e.Event.Until, e.Event.Until.DayNumber - today.DayNumber, e.Event.Name, e.Usable))).OrderBy(e => e.Day)];
        MoreExpiries = Which != "all" && coming.Count > MostExpiries;
        Expiries = MoreExpiries ? coming[..MostExpiries] : coming;
        Reserved = await move.Plan(Citizen);
        Counters = await counters.Of(Citizen.Id);
        CanExchange = (await partners.View()).OpenOn(today).Any();
        (Online, CanUseOnline, CanDonate) = (await online.Held(Citizen.Id), await online.Open(today), await online.TakesDonation(held.Select(h => h.Issuer)));
        HasLibraries = view.Providers.Any(p => p.IsOpen(today));
        HasCards = (await cards.Of(Citizen.Id)).Any(c => c.Link is not null || held.Any(h => h.Issuer == c.Operator.Municipality));
        Cases = await told.Of(Citizen.Id);
        (Unclaimed, HasServices, HasRounds) = (await entitlements.Waiting(Citizen.Id), (await services.Listed(null)).Count > 0, (await rounds.Current(clock.Today())).Count > 0);
        (HasOffers, HasApplied) = ((await offers.Find(new OfferQuery(Moment: OfferMoment.Open))).Offers.Count > 0, (await applications.Of(Citizen.Id)).Count > 0);
        HasActivities = (await activities.Find(new ActivityQuery(today.AddDays(-DaysAfterEvent)))).Activities.Count > 0;
        (Joined, Asking) = (await joins.Untold(Citizen.Id), await requests.For(Citizen.Id));
        Messages = await messages.Unseen(Citizen.Id);
        var unseen = (await notices.Unseen(Citizen.Id)).Count;
        (Now, Besides) = ([.. FindNow(today, unseen).OrderBy(a => a.Until ?? DateOnly.MaxValue)], [.. FindBesides()]);
        var rules = await settings.View();
        var now = clock.NowMs();
        Order = held.Select(h => rules.Get("consume.order", new SettingScope(Issuer: h.Issuer), now).Text).Distinct().ToList() switch
        {
            ["earliest_expiry"] => "期限の近いポイントから使われます。",
            ["grant_date"] => "先に受け取ったポイントから使われます。",
            _ => null,
        };
    }

    /// <summary>2018年1月31日, without the year while it can't be mistaken.</summary>
    public static string Near(DateOnly day, int daysLeft) => daysLeft < 365 ? $"{day.Month}月{day.Day}日" : Shared.Components.Words.Day(day);

    public string Near(DateOnly day) => Near(day, day.DayNumber - clock.Today().DayNumber);

    /// <param name="unseen">How often somebody paid without PIN or number since the citizen last looked.</param>
    private IEnumerable<HomeAction> FindNow(DateOnly today, int unseen)
    {
        if (Asking is not null)
            yield return new("新しいカードをつなぐ申し込みがあります", "心当たりがないときは、断れます。", "/my/card", "たしかめる", today);
        if (Joined is not null)
            yield return new("新しいカードが、このIDにつながりました", "前のカードでは、もうログインできません。", "/my/card", "たしかめる", today);
        if (unseen > 0)
            yield return new($"暗証番号なしで、{unseen}回使われました", "カードをかざしただけ、またはパスワードだけで、お店で使われた分です。", "/my/use-notices", "たしかめる", today);
        foreach (var answered in Cases.Where(c => c.State == CaseState.Answered))
            yield return new(answered.Line is null ? "質問に、返事が来ました" : "心当たりがないという知らせに、返事が来ました", $"問い合わせ番号は{answered.Number}です。", answered.Path, "返事を読む", today);
        if (Messages > 0)
            yield return new($"申しこんだ施策のお知らせが{Messages}件あります", "自治体から、とどいています。", "/my/messages", "読む", today);
        if (Unclaimed is { Count: > 0, Until: { } last })
            yield return new($"受け取れるポイントが{Unclaimed.Count}件あります", $"{Near(last)}までに、受け取り先を選んで受け取ってください。", ClaimByCard.ListPath, "受け取る", last);
        if (Reserved.First is { } due)
            yield return new($"行き先を決めていない{Shared.Components.Words.InWords(Reserved.Sum)}があります",
                $"{Reserved.Left(due)}。{(Reserved.Base is { } home ? $"決めないと、{home.PointName}になります。" : "決めるまで、留保のまま残ります。")}", "/my/reserved", "行き先を選ぶ", due);
        foreach (var mine in Events.Where(e => e.Usable > Points.Zero && e.Event.PaysOn(today) is null))
            yield return new($"{mine.Event.Name}で{Shared.Components.Words.InWords(mine.Usable)}を使えます", $"{Near(mine.Event.Until)}までです。", mine.Path, "使えるところを見る", mine.Event.Until);
        if (CanPay)
            yield return new("お店でポイントを使う", "マイキーIDと、6けたの番号をお店で使います。", "/my/code", "番号を出す");
        if (CanExchange && !IsNew)
            yield return new("会社のポイントでためる", "会社のポイントやとどいたコードを、自治体ポイントにします。", "/my/exchange", "会社を選ぶ");
    }

    private IEnumerable<HomeAction> FindBesides()
    {
        if (Online.Count > 0) yield return new("ネットの取り置き", "", "/my/online", "見る");
        if (CanPay && CanUseOnline) yield return new("ネットのお店で使う", "", "/online", "サイトを選ぶ");
        if (HasCards) yield return new("商店街・バスのカードに入れる", "", "/my/cards", "カードを見る");
        if (HasServices) yield return new("マイ決済サービス（ポイントの受け取り先）", "", "/my/payment-accounts", "見る");
        if (HasRounds) yield return new("マイナポイント（国）", "", "/my/mynapoint", "見る");
        if (HasLibraries) yield return new("利用者カード（図書館など）", "", "/my/links", "カードを見る");
        if (HasOffers) yield return new("自治体の施策に申しこむ", "", "/programmes?moment=open", "さがす");
        if (HasActivities) yield return new("イベント参加報告", "", AttendPage.Path, "開く");
        if (HasApplied) yield return new("申しこんだ施策", "", "/my/applications", "見る");
        if (Cases.Count > 0) yield return new("知らせた記録と質問", "", "/my/cases", "見る");
        if (CanDonate) yield return new("自治体に寄附する（税の控除はありません）", "", "/my/donate", "進む");
    }

    private static (IReadOnlyList<MyEvent> Now, IReadOnlyList<MyEvent> Past) Split(IReadOnlyList<MyEvent> all, DateOnly today) =>
        ([.. all.Where(e => today <= e.Event.Until.AddDays(DaysAfterEvent))], [.. all.Where(e => today > e.Event.Until.AddDays(DaysAfterEvent))]);

    private static Balance Of(MunicipalityCode issuer, Holding? holding, RegistryView view, DateOnly today)
    {
        var name = Name(issuer, view);
        var (town, points) = (view.Find(issuer), view.NameOfPoints(issuer));
        var from = town?.PaysOn(today) is null ? null : town.UseFrom;
        if (holding is null) return new Balance(issuer, name, points, Points.Zero, null, Points.Zero, from);
        var next = holding.Lots.Min(l => l.ExpiresOn);
        return new Balance(issuer, name, points, holding.Usable, next, Sum(holding.Lots.Where(l => l.ExpiresOn == next)), from);
    }

    private static string Name(MunicipalityCode issuer, RegistryView view) => view.Find(issuer)?.Name ?? issuer.Value;

    private static Points Sum(IEnumerable<HeldLot> lots) => new(lots.Sum(l => l.Remaining.Value));
}
