using System.Collections.Frozen;

namespace MyKey.Kernel.Cards;

/// <summary>
/// What a person signs for with card and PIN: a closed list, so that no page can put words of its own before a person who types a PIN.
/// </summary>
/// <param name="Code">The name in links and signed bytes.</param>
/// <param name="Sentence">What will happen, in Japanese, for the page that asks the PIN.</param>
/// <param name="Verb">The word on the button.</param>
/// <param name="Details">Labels that must be given, in this order; none for a purpose that is not bound to one action (A3).</param>
public sealed record Purpose(string Code, string Sentence, string Verb, IReadOnlyList<DetailLabel> Details)
{
    public static Purpose Login { get; } = new("login", "マイページへのログイン", "ログインする", []);

    public static Purpose IssueId { get; } = new("issue-id", "マイキーIDをつくる", "つくる", []);

    public static Purpose ChangeId { get; } = new("change-id", "マイキーIDを変える", "変える", []);

    /// <summary>A4: one ID given up for ever, with what is lost by it.</summary>
    public static Purpose RevokeId { get; } = new("revoke-id", "マイキーIDをやめる（元に戻せません）", "やめる", [DetailLabel.Id, DetailLabel.Lost]);

    public static Purpose SetPassword { get; } = new("set-password", "パスワードを決め直す", "決め直す", []);

    /// <summary>A rise of assurance inside a session (step_up_required).</summary>
    public static Purpose StepUp { get; } = new("step-up", "ご本人をカードでたしかめる", "たしかめる", []);

    /// <summary>A4: one payment at one acceptor.</summary>
    public static Purpose UsePoints { get; } = new("use-points", "ポイントを使う", "使う",
        [DetailLabel.Payee, DetailLabel.Amount, DetailLabel.Before, DetailLabel.After]);

    /// <summary>A4: one point ticket at one office.</summary>
    public static Purpose IssueTicket { get; } = new("issue-ticket", "ポイントを券にする", "券にする", UsePoints.Details);

    /// <summary>A4: vouchers of one exchange at one desk.</summary>
    public static Purpose HandOutVoucher { get; } = new("hand-out-voucher", "ポイントを商品券などに替える", "替える", UsePoints.Details);

    /// <summary>A4: points onto one street card at one desk.</summary>
    public static Purpose ChargeCard { get; } = new("charge-card", "ポイントをカードに入れる", "入れる", UsePoints.Details);

    /// <summary>A4: the number of one provider, at one of its machines without staff (K-13).</summary>
    public static Purpose ShowNumber { get; } = new("show-number", "利用者番号を出す", "出す", [DetailLabel.Payee]);

    /// <summary>A4: one application to one programme (S1-25).</summary>
    public static Purpose Apply { get; } = new("apply", "施策に申しこむ（取り消せません）", "申しこむ", [DetailLabel.Programme, DetailLabel.Receive]);

    /// <summary>A4: the same where the programme asks with it where the points go (S1-35a).</summary>
    public static Purpose ApplyTo { get; } = new("apply-to", "施策に申しこむ（受け取り先も変えられません）", "申しこむ", [DetailLabel.Programme, DetailLabel.Receive, DetailLabel.Destination]);

    /// <summary>A4: what one programme has granted, received by one payment service or as points of the municipality (S1-42b).</summary>
    public static Purpose Claim { get; } = new("claim", "ポイントを受け取る", "受け取る", [DetailLabel.Programme, DetailLabel.Receive, DetailLabel.Destination]);

    private static readonly FrozenDictionary<string, Purpose> ByCode =
        new[] { Login, IssueId, ChangeId, RevokeId, SetPassword, StepUp, UsePoints, IssueTicket, HandOutVoucher, ChargeCard, ShowNumber, Apply, ApplyTo, Claim }.ToFrozenDictionary(p => p.Code);

    public static IEnumerable<Purpose> All => ByCode.Values.OrderBy(p => p.Code, StringComparer.Ordinal);

    public static Purpose? Find(string? code) => code is null ? null : ByCode.GetValueOrDefault(code);
}

/// <summary>A fact of one action that the person sees before the PIN and that is signed with it (A4). A closed list, too.</summary>
public sealed record DetailLabel(string Code, string Word)
{
    public static DetailLabel Payee { get; } = new("payee", "使うところ");

    public static DetailLabel Amount { get; } = new("amount", "使うポイント");

    public static DetailLabel Id { get; } = new("id", "やめるマイキーID");

    public static DetailLabel Lost { get; } = new("lost", "使えなくなるもの");

    public static DetailLabel Programme { get; } = new("programme", "施策");

    public static DetailLabel Receive { get; } = new("receive", "受け取るポイント");

    public static DetailLabel Destination { get; } = new("destination", "受け取り先");

    public static DetailLabel Before { get; } = new("before", "いまの残り");

    public static DetailLabel After { get; } = new("after", "使ったあとの残り");
}

/// <param name="Value">As the person reads it, e.g. <c>1,000ポイント</c>: 1–100 characters, no control or format characters.</param>
public sealed record Detail(DetailLabel Label, string Value);
