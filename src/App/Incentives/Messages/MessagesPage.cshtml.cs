using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using MyKey.App.Offers;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Identity.Staffing;
using MyKey.Kernel;

namespace MyKey.App.Messages;

/// <summary>What the office told applicants of one offer, and the next one: written, looked at with the number of people, sent.</summary>
public sealed class MessagesPage(OfficeMessages messages, WriteMessage write, TimeProvider clock) : StaffPage
{
    [BindProperty, Display(Name = "だれに")]
    public string? Audience { get; set; } = "all";

    [BindProperty, Display(Name = "お知らせの文")]
    public string? Text { get; set; }

    [BindProperty]
    public Guid Change { get; set; }

    /// <summary>How many it just went to.</summary>
    [BindProperty(SupportsGet = true, Name = "saved")]
    public string? Saved { get; set; }

    public Offer Offer { get; private set; } = null!;

    public IReadOnlyList<Message> All { get; private set; } = [];

    /// <summary>To how many it would go; null while it is written.</summary>
    public long? Reach { get; private set; }

    public bool MayWrite => Work.Require(Role.Officer).Ok;

    public bool MayApprove(Message message) => message.State == MessageState.Waiting && message.By != Work.Member.Id && Work.Require(Role.Approver).Ok;

    public string Here => $"/office/offers/{Offer.Programme.Value}/messages";

    public static IReadOnlyList<SelectListItem> Audiences { get; } = [.. Enum.GetValues<Audience>().Select(a => new SelectListItem(MessageWords.Of(a), Words<Audience>.Of(a)))];

    public string AudienceWord => Words<Audience>.Find(Audience ?? "") is { } audience ? MessageWords.Of(audience) : "";

    protected override IReadOnlyList<Role> Needed => [Role.Officer, Role.Approver];

    public async Task<IActionResult> OnGet(Guid id, CancellationToken stop)
    {
        Change = Ids.NewV7(clock);
        return await Load(id, stop) is { } no ? await this.Refuse(no, new NextStep("募集の一覧へ", "/office/offers")) : Page();
    }

    /// <summary>Nothing is sent yet.</summary>
    public async Task<IActionResult> OnPostLook(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        var reach = await write.Reach(Work, Wanted, stop);
        if (reach.Refused is { } no) return await Wrong(no);
        if (reach.Value == 0) return this.Refuse(nameof(Audience), Refusal.Of("nobody_to_tell"));
        Reach = reach.Value;
        return Page();
    }

    /// <summary>Back to the text, with what was typed.</summary>
    public async Task<IActionResult> OnPostBack(Guid id, CancellationToken stop) => await Load(id, stop) is { } gone ? await this.Refuse(gone) : Page();

    public async Task<IActionResult> OnPostSend(Guid id, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        var sent = await write.Run(Work, Wanted, stop);
        return sent.Refused is { } no ? await Wrong(no) : this.SeeOther($"{Here}?saved={Words<MessageState>.Of(sent.Value.State)}");
    }

    public async Task<IActionResult> OnPostApprove(Guid id, Guid message, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        var done = await messages.Approve(Work, Offer.Programme, message, stop);
        return done.Refused is { } no ? await No(no, new NextStep("お知らせに戻る", Here)) : this.SeeOther($"{Here}?saved=sent");
    }

    public async Task<IActionResult> OnPostWithdraw(Guid id, Guid message, CancellationToken stop)
    {
        if (await Load(id, stop) is { } gone) return await this.Refuse(gone);
        var done = await messages.Withdraw(Work, Offer.Programme, message, stop);
        return done.Refused is { } no ? await No(no, new NextStep("お知らせに戻る", Here)) : this.SeeOther($"{Here}?saved=withdrawn");
    }

    private WantedMessage Wanted => new(Change, Offer.Programme, Audience, Text);

    private async Task<IActionResult> Wrong(Refusal no) => no.Code switch
    {
        "nobody_to_tell" => this.Refuse(nameof(Audience), no),
        "field_required" or "field_unknown" when no.Fact<string>("field") == "audience" => this.Refuse(nameof(Audience), no),
        "field_required" or "field_unknown" or "too_large" or "my_number_refused" or "pan_refused" or "link_forbidden" => this.Refuse(nameof(Text), no),
        _ => await No(no, new NextStep("お知らせに戻る", Here)),
    };

    private async Task<Refusal?> Load(Guid id, CancellationToken stop)
    {
        var offer = await messages.Offer(Work, new ProgrammeId(id), stop);
        if (offer.Refused is { } no) return no;
        (Offer, All) = (offer.Value, (await messages.Of(Work, offer.Value.Programme, stop)).Value);
        return null;
    }
}

/// <summary>What offices told this citizen about what he has applied for.</summary>
public sealed class MyMessagesPage(FindMessages find, SeeMessages see, FindOffers offers) : CitizenPage
{
    [BindProperty]
    public long UntilMs { get; set; }

    public IReadOnlyList<(MyMessage Message, string Title)> All { get; private set; } = [];

    public bool Unseen => All.Any(m => !m.Message.Seen);

    public async Task OnGet(CancellationToken stop)
    {
        var all = new List<(MyMessage, string)>();
        foreach (var message in await find.Of(Citizen.Id, stop)) all.Add((message, (await offers.One(message.Programme, stop))?.Texts.Title ?? ""));
        (All, UntilMs) = (all, all.Count == 0 ? 0 : all.Max(m => m.Item1.SentMs));
    }

    public async Task<IActionResult> OnPost(CancellationToken stop)
    {
        await see.Run(Citizen.Id, UntilMs, stop);
        return this.SeeOther("/my");
    }
}
