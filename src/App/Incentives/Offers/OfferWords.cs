using MyKey.App.Programmes;
using MyKey.App.Registry;
using MyKey.App.Shared.Components;
using MyKey.Kernel;

namespace MyKey.App.Offers;

/// <summary>What is said of an offer wherever it is shown.</summary>
public static class OfferWords
{
    public static string Of(OfferState state) => state switch { OfferState.Published => "公開中", OfferState.Closed => "終わり", _ => "下書き" };

    public static string Of(OfferMoment moment) => moment switch { OfferMoment.Coming => "まだ始まっていません", OfferMoment.Open => "受付中", _ => "終わりました" };

    public static string Css(OfferMoment moment) => moment == OfferMoment.Open ? "ok" : "wait";

    public static string Delivery(Offer offer, Municipality town) => offer.Terms.Delivery switch
    {
        Offers.Delivery.MunicipalPoints => $"{town.PointName}として、マイページに入ります。",
        Offers.Delivery.PaymentService => "キャッシュレス決済サービスのポイントとして受け取ります。",
        _ => $"{town.PointName}か、キャッシュレス決済サービスのポイントとして受け取ります。",
    };

    public static string Screening(Offer offer) => offer.Terms.Screening == Offers.Screening.None
        ? "申しこむと、すぐに付与されます。" : "申しこみのあとに自治体がたしかめて、付与するかどうかを決めます。";

    public static string Once(Programme programme) => programme.Kind == GrantKind.Yearly ? "1人1回（4月から3月までの1年に1回）" : "1人1回";

    public static string Who(Programme programme) => programme.Rules.Eligibility switch
    {
        Eligibility.List => "自治体の対象者の一覧にある人",
        Eligibility.Proof => "条件に合う人",
        _ => "どなたでも",
    };

    /// <summary>What stands on the office's list of what is missing.</summary>
    public static string Missing(string field) => field switch
    {
        "category" => "分類",
        "summary" => "内容",
        "conditions" => "条件",
        "points" => "1人のポイント",
        "contact" => "問い合わせ先（担当と、電話番号かメールアドレス）",
        "claim_until" => "受け取りの最後の日",
        "services" => "受け取れる決済サービス",
        "screening" => "審査（条件を確認する施策なので、職員がたしかめます）",
        "programme_until" => "施策の終わる日（申しこみの最後の日より後にします）",
        "budget" => "予算（1人分のポイントより多くします）",
        _ => throw new BrokenProperty($"{field} has a word", nameof(OfferWords), 0),
    };

    public static string Period(Offer offer) => $"{Words.Day(offer.Days.ApplyFrom)}から{Words.Day(offer.Days.ApplyUntil)}まで";
}
