using System.Collections.Frozen;
using MyKey.Kernel;
using MyKey.Ledger;

namespace MyKey.App.Operator;

/// <summary>The lines of operation log and ledger in words; what has no words yet is shown by its name.</summary>
public static class ActionWords
{
    private static readonly FrozenDictionary<string, string> Actions = new Dictionary<string, string>
    {
        ["setting.set"] = "設定を変えた", ["key.writes"] = "新しいかぎで守り始めた", ["key.removed"] = "古いかぎを外した", ["id.issued"] = "マイキーIDを作った", ["id.changed"] = "マイキーIDを変えた", ["id.kept"] = "マイキーIDを変えないことにした", ["citizen.base_set"] = "基本の自治体を決めた", ["citizen.tap_switched"] = "かざすだけの支払いを切りかえた",
        ["crl.loaded"] = "失効した証明書の一覧を取りこんだ", ["citizen.logged_in"] = "ログインした", ["session.ended"] = "ログアウトした", ["session.others_ended"] = "ほかのログインを終わりにした", ["password.set"] = "パスワードを決めた",
        ["password.shown"] = "お店でIDとパスワードを入れた", ["citizen.suspended"] = "マイキーIDを止めた", ["citizen.revoked"] = "マイキーIDをやめた（失効）", ["citizen.resumed"] = "マイキーIDを元に戻した", ["citizen.extracted"] = "記録を取り出した",
        ["certificate.joined"] = "新しいカードをつないだ", ["certificate.join_seen"] = "新しいカードのことをたしかめた", ["join.asked"] = "前のIDにつなぐよう申し込んだ", ["join.objected"] = "新しいカードの申し込みを断った", ["join.waited"] = "だれも断らず、新しいカードがつながった", ["join.confirmed"] = "窓口で新しいカードの人をたしかめた",
        ["mail.asked"] = "メールで番号を送った", ["mail.set"] = "メールアドレスを決めた", ["mail.removed"] = "メールアドレスを消した", ["mail.notice_switched"] = "メールのお知らせを切りかえた",
        ["mail.sent_again"] = "送れないメールをもう一度送った", ["mail.dropped"] = "送れないメールを消した",
        ["code.issued"] = "お店で使う番号を出した", ["code.used"] = "お店で番号を使った", ["card.tapped"] = "お店でカードをかざした", ["card.signed"] = "お店でカードと暗証番号を使った",
        ["staff.invited"] = "職員を招いた", ["staff.enrolled"] = "職員が登録した", ["staff.password_set"] = "職員がパスワードを変えた", ["staff.logged_in"] = "職員がログインした", ["staff.confirmed"] = "職員がもう一度たしかめた",
        ["staff.passkey_added"] = "職員がパスキーを加えた", ["staff.passkey_removed"] = "職員がパスキーを消した",
        ["staff.change_proposed"] = "職員の変更を申し出た", ["staff.change_refused"] = "職員の変更を断った", ["staff.role_given"] = "役わりをわたした", ["staff.role_taken"] = "役わりを外した",
        ["staff.ended"] = "職員の登録を終えた", ["terminal.registered"] = "端末を登録した", ["terminal.code_renewed"] = "端末の番号を出し直した", ["terminal.enrolled"] = "端末が使えるようになった",
        ["terminal.token_rotated"] = "端末のかぎを入れかえた", ["terminal.revoked"] = "端末を止めた", ["shop.opened"] = "お店の暗証番号を入れた", ["machine_key.proposed"] = "システムのかぎを申しこんだ", ["machine_key.refused"] = "システムのかぎを断った", ["machine_key.issued"] = "システムのかぎを出した",
        ["machine_key.revoked"] = "システムのかぎを止めた", ["municipality.imported"] = "全国の自治体を取りこんだ", ["municipality.changed"] = "自治体の名前や種類が変わった",
        ["municipality.points_set"] = "自治体のポイントを決めた", ["municipality.use_from_set"] = "ポイントを使い始める日を決めた", ["council.imported"] = "協議会の会員を取りこんだ", ["council.post_set"] = "協議会の役員を決めた", ["capability.set"] = "自治体のできることを決めた",
        ["membership.asked"] = "自治体が参加をもうしこんだ", ["membership.checked"] = "参加のもうしこみをたしかめた", ["membership.accepted"] = "自治体が会員になった", ["membership.ended"] = "会員の終わりを決めた", ["membership.rejected"] = "参加のもうしこみを断った",
        ["acceptor.registered"] = "お店を登録した", ["acceptor.changed"] = "お店の登録を変えた", ["shop_group.saved"] = "商店街を決めた",
        ["place.described"] = "お店や施設の案内を決めた", ["acceptor_file.stored"] = "お店のファイルを入れた", ["acceptor_file.taken_in"] = "お店のファイルを取りこんだ", ["municipality.former_names_set"] = "自治体の前の名前を決めた",
        ["event.saved"] = "イベントの下書きを残した", ["event.published"] = "イベントを公開した", ["event.acceptor_set"] = "イベントのお店を決めた",
        ["usage.kind_set"] = "使えるお店の種類を決めた", ["usage.acceptor_set"] = "お店ごとの決まりを決めた", ["programme.opened"] = "施策を始めた", ["event.called_off"] = "イベントを中止した", ["programme.changed"] = "施策の決まりを変えた", ["programme.closed"] = "施策を終えた", ["programme.table_set"] = "施策の表を決めた",
        ["programme.exchange_day_set"] = "表を使い始める日を決めた", ["programme.facilities_set"] = "施設の利用を送れるシステムを決めた", ["organiser.saved"] = "団体を決めた",
        ["attendance.opened"] = "行事の記録を始めた", ["attendance.recorded"] = "行事に来た人を記録した", ["attendance.removed"] = "行事の記録を消した", ["attendance.sent"] = "行事の記録を役場に送った",
        ["attendance.taken_back"] = "行事の記録を取りもどした", ["attendance.approved"] = "行事の記録を承認した", ["attendance.counted"] = "行事の記録を1年の数に足した", ["attendance.declined"] = "行事の記録を断った",
        ["counter.imported"] = "1年の数をファイルで足した", ["counter.ended"] = "IDの失効で1年の数がなくなった", ["counter.corrected"] = "1年の数を直した",
        ["programme.budget_proposed"] = "予算を申し出た", ["programme.budget_set"] = "予算を決めた", ["programme.budget_withdrawn"] = "予算の申し出を取り下げた",
        ["grant.proposed"] = "付与を申し出た", ["grant.approved"] = "付与を承認した", ["grant.withdrawn"] = "付与の申し出を取り下げた",
        ["grant.refused"] = "付与できなかった", ["grant_batch.stored"] = "付与のファイルを入れた", ["grant_batch.proposed"] = "ファイルの付与を申し出た",
        ["grant_batch.committed"] = "ファイルの付与を始めた", ["grant_batch.approved"] = "ファイルの付与を承認した", ["grant_batch.withdrawn"] = "ファイルの付与を取り下げた",
        ["eligible.stored"] = "対象者の一覧を入れた", ["eligible.applied"] = "対象者を決めた", ["unpaid.dropped"] = "支払わないことにした",
        ["offer.exported"] = "募集の申しこみをファイルにした", ["message.written"] = "申しこんだ人へのお知らせを書いた", ["message.approved"] = "お知らせを承認した", ["message.withdrawn"] = "お知らせを取り下げた",
        ["message.seen"] = "自治体のお知らせを読んだ",
        ["applicants.stored"] = "申しこみのファイルを読んだ", ["applicants.entered"] = "申しこみのファイルを入れた",
        ["offer.saved"] = "募集の内容を残した", ["offer.published"] = "募集を公開した", ["offer.closed"] = "募集を終わりにした", ["application.made"] = "施策に申しこんだ", ["application.accepted"] = "申しこみを認めた", ["application.approved"] = "申しこみの付与を承認した", ["application.rejected"] = "申しこみを断った", ["application.refused"] = "申しこみを付与できなかった", ["offer.service_set"] = "募集の決済サービスを決めた",
        ["offer.given_by_set"] = "募集が何に付与するかを決めた", ["activity.saved"] = "イベントの内容を残した", ["activity.called_off"] = "イベントを中止にした", ["registration.made"] = "イベントに登録した", ["registration.given_back"] = "イベントの登録を取りやめた",
        ["report.made"] = "イベントへの参加を報告した", ["report.accepted"] = "参加の報告を認めた", ["report.approved"] = "参加の報告の付与を承認した", ["report.struck"] = "参加の報告を外した", ["report.refused"] = "参加の報告に付与できなかった",
        ["slips.printed"] = "紙の参加票を作った", ["activity.alarm_raised"] = "コードが渡されているかもしれないと知らせた", ["activity.alarm_seen"] = "コードの知らせをたしかめた",
        ["recall.proposed"] = "付与の取り戻しを申し出た", ["recall.approved"] = "付与の取り戻しを承認した", ["recall.withdrawn"] = "付与の取り戻しを取り下げた", ["recall.owed"] = "使われた付与を記した",
        ["proposal.made"] = "会社やサイトの変更を申し出た", ["proposal.approved"] = "会社やサイトの変更を承認した", ["proposal.declined"] = "会社やサイトの変更を断った",
        ["partner.changed"] = "協力会社を登録した", ["partner.mode_set"] = "会社の受け取り方を決めた", ["partner.terms_set"] = "会社の交換の条件を決めた",
        ["partner.campaign_set"] = "会社の交換率アップを決めた", ["coupon_batch.opened"] = "会社のコードを入れた", ["coupon_batch.refused"] = "会社のコードを入れられなかった",
        ["coupon.released"] = "コードを使う前に戻した",
        ["partner.site_set"] = "会社のアドレスを決めた", ["partner_link.made"] = "会社のIDとつないだ", ["partner_link.removed"] = "会社のIDとのつながりを外した",
        ["partner_link.lost"] = "会社がつながりを終えた", ["link_order.placed"] = "会社のポイントの交換を申しこんだ", ["link_order.refused"] = "会社のポイントを交換できなかった",
        ["link_order.stuck"] = "会社のポイントの交換が止まった", ["link_order.asked"] = "会社にもう一度たずねた", ["link_order.ended"] = "会社のポイントの交換を終わりにした",
        ["reserved.held"] = "留保ポイントを移せなかった", ["reserved.directed"] = "留保ポイントの行き先を決めた",
        ["online_site.changed"] = "ネットのサイトを登録した", ["online_site.login_set"] = "サイトのアドレスを決めた", ["online_site.seller_set"] = "サイトが売る自治体を決めた", ["online_site.hook_set"] = "サイトへの知らせ先を決めた",
        ["online_link.made"] = "サイトのIDとつないだ", ["online_link.removed"] = "サイトのIDとのつながりを外した", ["pledge.confirmed"] = "限りをこえるネットの支払いを確認した", ["pledge.released"] = "取り置きを戻した", ["pledge.refunded"] = "ネットの利用を返金した", ["site_event.sent_again"] = "サイトにもう一度知らせた",
        ["use_notice.seen"] = "暗証番号なしの利用をたしかめた", ["tap_alarm.seen"] = "かざされたカードの多さをたしかめた",
        ["case.opened"] = "心当たりがない記録を知らせた", ["case.asked"] = "質問を送った", ["case.answered"] = "問い合わせに返事をした", ["case.passed_on"] = "問い合わせを運用に渡した", ["case.closed"] = "問い合わせを終わりにした", ["case.lines_shown"] = "窓口でご本人の記録を見た",
        ["ticket.reprinted"] = "ポイント券の番号を変えた",
        ["voucher_product.saved"] = "商品券の種類を決めた", ["voucher_stock.moved"] = "券を別の窓口に移した", ["voucher_stock.received"] = "商品券を在庫に入れた", ["voucher_stock.corrected"] = "商品券の在庫を直した",
        ["street_operator.saved"] = "カードの会社を決めた", ["street_link.made"] = "商店街などのカードをつないだ", ["street_link.removed"] = "商店街などのカードを外した",
        ["charge.refused"] = "カードに入れられず、ポイントを戻した", ["charge.stuck"] = "カードへのチャージが止まった", ["charge.asked"] = "カードの会社にもう一度たずねた", ["charge.ended"] = "カードへのチャージを終わりにした",
        ["charge_back.asked"] = "カードからポイントを戻すよう頼んだ", ["charge_back.kept"] = "カードからポイントを戻せなかった",
        ["payment_service.saved"] = "決済サービスを決めた", ["payment_service.started"] = "決済サービスを選べる期間を決めた",
        ["payment_account.made"] = "マイ決済サービスを登録した", ["payment_account.renewed"] = "マイ決済サービスを登録し直した", ["payment_account.removed"] = "マイ決済サービスを外した",
        ["round.saved"] = "マイナポイントを決めた", ["round.notice_set"] = "マイナポイントの案内文を決めた", ["round.chosen"] = "マイナポイントの決済サービスを選んだ",
        ["premium_file.looked"] = "マイナポイントのファイルを読み取った", ["premium_file.refused"] = "マイナポイントのファイルを受け付けなかった", ["premium_file.posting"] = "マイナポイントのファイルの処理をはじめた",
        ["premium_file.posted"] = "マイナポイントのファイルを処理した", ["premium_claim.made"] = "マイナポイントの請求を受け取った", ["premium_claim.closed"] = "マイナポイントの請求を終わりにした",
        ["claim.accepted"] = "決済サービスが受取を受け付けた", ["claim.granted"] = "決済サービスでポイントがついた", ["claim.refused"] = "受け取れず、未受取に戻した", ["claim.stuck"] = "受取が止まった",
        ["claim.asked"] = "決済サービスにもう一度たずねた", ["claim.ended"] = "受取を終わりにした",
        ["settlement.month_closed"] = "精算の月を締めた", ["settlement.claimed"] = "月の利用を請求した", ["settlement.objected"] = "請求の額がちがうと申し出た", ["settlement.objection_answered"] = "請求についての申し出に答えた",
        ["settlement.approved"] = "請求を承認した", ["settlement.approval_asked"] = "請求の承認を申し出た", ["settlement.approval_withdrawn"] = "請求の承認を取り下げた", ["settlement.statement_answered"] = "会社が精算書に答えた",
        ["settlement.account_made"] = "口座を入れた", ["settlement.account_approved"] = "口座を承認した", ["settlement.account_withdrawn"] = "口座の変更を取り下げた", ["settlement.run_made"] = "振込の一覧を作った",
        ["settlement.run_agreed"] = "台帳と請求と振込の一覧が合った", ["settlement.run_blocked"] = "台帳と請求と振込の一覧が合わなかった", ["settlement.run_approved"] = "振込の一覧を承認した",
        ["settlement.run_withdrawn"] = "振込の一覧を取り下げた", ["settlement.run_file_taken"] = "銀行に送るファイルを取り出した", ["settlement.run_done"] = "振込の結果を記録した",
        ["settlement.payment_made"] = "入金や訂正を入れた", ["settlement.payment_booked"] = "入金や訂正を承認した", ["settlement.payment_withdrawn"] = "入金や訂正を取り下げた", ["settlement.cost_set"] = "運営の費用を入れた",
        ["support_place.saved"] = "支援コーナーを決めた",
        ["announcement.saved"] = "お知らせを決めた", ["featured.set"] = "おすすめ自治体ポイントを決めた", ["featured.removed"] = "おすすめ自治体ポイントを外した", ["portal_text.set"] = "ポータルの文章を書いた",
        ["provider_kind.saved"] = "図書館などの種類を決めた", ["provider.saved"] = "図書館などの登録を決めた",
        ["link.made"] = "図書館などの番号をつないだ", ["link.ended"] = "図書館などの番号を外した", ["link.notice_set"] = "住所の変更通知を決めた", ["link.block_set"] = "番号を見せるかを決めた",
        ["address_notice.raised"] = "住所が変わったことを知らせた", ["address_notice.seen"] = "住所の知らせを見た",
        ["audit.ended"] = "記録の点検を終えた", ["database.marked"] = "見本のデータだと印をつけた",
        ["setting.proposed"] = "設定の変更を申し出た", ["setting.refused"] = "設定の変更を断った", ["log.searched"] = "操作の記録を探した", ["log.purged"] = "期限のすぎた記録を消した",
    }.ToFrozenDictionary();

    /// <summary>What can be looked for, in the order of their names.</summary>
    public static IReadOnlyList<(string Action, string Word)> All { get; } = [.. Actions.Select(a => (a.Key, a.Value)).OrderBy(a => a.Key, StringComparer.Ordinal)];

    public static string Of(string action) => Actions.GetValueOrDefault(action, action);

    public static string Of(ActorKind kind) => kind switch
    {
        ActorKind.Citizen => "ご本人",
        ActorKind.Staff => "職員",
        ActorKind.Terminal => "端末",
        ActorKind.Machine => "機械",
        _ => "自動",
    };

    public static string Of(TransferKind kind) => kind switch
    {
        TransferKind.Grant => "付与",
        TransferKind.Recall => "付与の取り戻し",
        TransferKind.Use => "利用",
        TransferKind.Cancel => "取り消し",
        TransferKind.Expire => "期限ぎれ",
        TransferKind.Exchange => "交換",
        TransferKind.Move => "移行",
        TransferKind.TicketIssue => "ポイント券の発行",
        TransferKind.TicketUse => "ポイント券の利用",
        TransferKind.TicketReturn => "ポイント券から戻した",
        TransferKind.Voucher => "商品券などへの交換",
        TransferKind.Pledge => "ネットの取り置き",
        TransferKind.Capture => "ネットでの利用",
        TransferKind.Release => "取り置きから戻した",
        TransferKind.Donate => "寄附",
        TransferKind.Void => "IDの失効で使えなくなった",
        TransferKind.Refund => "ネットの返金",
        TransferKind.Charge => "カードへのチャージ",
        TransferKind.Payout => "決済サービスへの付与指図",
        TransferKind.Premium => "マイナポイントの付与指図",
        _ => kind.ToString(),
    };
}
