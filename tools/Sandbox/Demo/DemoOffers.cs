using MyKey.Kernel;

namespace MyKey.Sandbox.Demo;

/// <summary>
/// Programmes that residents apply for: one that is granted at once, one whose conditions the office looks at, one that gives for taking part, one of the neighbour (S1-03, S1-14c), and one whose points
/// Aさん has still to receive (S1-24).
/// </summary>
public static class DemoOffers
{
    public static async Task Furnish(DemoStaff staff, (DemoClient Maker, DemoClient Approver) officers, CancellationToken stop)
    {
        await staff.Give("OF-002", DemoTown.B, "approver", stop);
        await Offer(officers, DemoTown.A, new("健康づくりチャレンジ", "health", "市の健康づくりに参加する人を応援します。", "市内に住んでいる人。\n1年に1回、申しこめます。", 300, "none", "year", "anyone", "健康課"), stop);
        await Offer(officers, DemoTown.A, new("子育て応援ポイント", "children", "小さい子のいる家を応援します。", "市内に住み、3歳より小さい子といっしょにくらしている人。", 500, "by_hand", "ever", "proof", "子育て支援課"), stop);
        await Offer(officers, DemoTown.A, new("まちをきれいにする活動", "help", "公園や川の清掃に参加した人に付与します。", "どなたでも参加できます。\n1つのイベントに1人1回です。", 200, "none", "ever", "anyone", "環境課", "中央公園の広場"), stop);
        await Offer(officers, DemoTown.B, new("省エネ家電への買いかえ応援", "energy", "古い冷蔵庫やエアコンを、省エネのものに買いかえた人を応援します。", "町内に住み、4月から後に買いかえた人。\n領収書を、役場の窓口に見せてください。", 1_000, "by_hand", "ever", "anyone", "環境課"), stop);
        await Waiting(officers, stop);
    }

    /// <summary>Aさん came to the desk late; what was granted waits on My Page under 受け取るポイント.</summary>
    private static async Task Waiting((DemoClient Maker, DemoClient Approver) officers, CancellationToken stop)
    {
        var offer = await Offer(officers, DemoTown.A, new("買い物応援ポイント", "shops", "市内での買い物を応援します。", "市内に住んでいる人。\n1人1回、申しこめます。", 1_500, "none", "ever", "anyone", "商工課", Delivery: "citizen_chooses"), stop);
        await officers.Maker.Send(HttpMethod.Post, $"/api/v1/office/offers/{offer}/applications", new { id = Guid.CreateVersion7(), myKeyId = "MY123456", reason = "見本" }, stop);
    }

    private static async Task<Guid> Offer((DemoClient Maker, DemoClient Approver) officers, string town, Line line, CancellationToken stop)
    {
        officers.Maker.WorkFor(town);
        officers.Approver.WorkFor(town);
        var (id, today) = (Guid.CreateVersion7(), TimeProvider.System.Today());
        await officers.Maker.Send(HttpMethod.Put, $"/api/v1/office/offers/{id}", new
        {
            title = line.Title, applyFrom = today, applyUntil = today.AddDays(60), category = line.Category, summary = line.Summary, conditions = line.Conditions, points = line.Points,
            lateUntil = today.AddDays(75), screening = line.Screening, delivery = line.Delivery, claimUntil = line.Delivery == "municipal_points" ? (DateOnly?)null : today.AddDays(90), contact = line.Desk, contactNumber = "000-000-0000",
            contactMailbox = "sesaku@town.example", programme = new { per = line.Per, eligibility = line.Eligibility },
        }, stop);
        await DemoTown.Budget(officers, id, 20_000, stop);
        if (line.Place is not null) await officers.Maker.Send(HttpMethod.Put, $"/api/v1/office/offers/{id}/given-by", new { by = "activity" }, stop);
        await officers.Maker.Send(HttpMethod.Post, $"/api/v1/office/offers/{id}/publish", new { }, stop);
        // All day, so that its screen shows a code whenever somebody looks.
        if (line.Place is { } place)
            await officers.Maker.Send(HttpMethod.Put, $"/api/v1/office/activities/{Guid.CreateVersion7()}", new { offer = id, title = "公園の清掃", day = today, from = "00:00", until = "24:00", place, reportUntil = today.AddDays(7) }, stop);
        return id;
    }

    private sealed record Line(string Title, string Category, string Summary, string Conditions, long Points, string Screening, string Per, string Eligibility, string Desk, string? Place = null, string Delivery = "municipal_points");
}
