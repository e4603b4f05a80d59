using MyKey.App.Registry;
using MyKey.Identity.Citizens;
using MyKey.Identity.Mail;
using MyKey.Identity.Passwords;
using MyKey.Identity.Sessions;
using MyKey.Kernel;

namespace MyKey.App.MyPage;

/// <param name="MyKeyId">The wished ID; blank for a generated one.</param>
/// <param name="Town">Code of the base municipality.</param>
/// <param name="Password">May be blank: then there is none yet.</param>
public sealed record SetUpOrder(string? MyKeyId, string? Town, string? Password, ClientNetwork Network, string? DeviceToken)
{
    /// <summary>May be blank (S0-5004a): then no number is sent, and no notices.</summary>
    public string? Mail { get; init; }
}

/// <summary>ID, base municipality and password of somebody whose card is new here.</summary>
public sealed class FirstSetUp(OpenSessions sessions, IssueMyKeyId issue, ChangeSettings change, SetPassword setPassword, KeepMail keepMail, RegistryCache registry)
{
    /// <summary>What is wrong with what was typed, by the name of the field; asked before anything is made.</summary>
    public IEnumerable<(string Field, Refusal No)> Check(SetUpOrder order, RegistryView view)
    {
        if (!string.IsNullOrEmpty(order.MyKeyId) && MyKeyId.Read(order.MyKeyId).Refused is { } form) yield return (nameof(SetUpOrder.MyKeyId), form);
        if (Towns.Chosen(view, order.Town).Refused is { } town) yield return (nameof(SetUpOrder.Town), town);
        if (!string.IsNullOrEmpty(order.Password) && PasswordRules.Check(order.Password, order.MyKeyId ?? "") is { } weak) yield return (nameof(SetUpOrder.Password), weak);
        if (!string.IsNullOrEmpty(order.Mail) && Mailbox.Read(order.Mail).Refused is { } mail) yield return (nameof(SetUpOrder.Mail), mail);
    }

    /// <returns>The citizen; the first refusal of <see cref="Check"/>; <c>card_login_required</c>, <c>id_taken</c>, <c>cert_revoked</c>, <c>busy</c>.</returns>
    public async Task<Result<IssuedMyKeyId>> Run(string? token, IssueMode mode, SetUpOrder order, CancellationToken stop)
    {
        var view = await registry.View();
        if (Check(order, view).Select(c => c.No).FirstOrDefault() is { } wrong) return wrong;
        var card = await sessions.Find(token, SessionKind.Citizen, stop);
        if (card.Refused is { } nobody) return nobody;
        var issued = await issue.Issue(card.Value, mode, order.MyKeyId, stop);
        // An ID that was there before keeps its settings: a repeat changes nothing.
        if (issued.Refused is not null || !issued.Value.New) return issued;
        var session = await sessions.Find(token, SessionKind.Citizen, stop);
        if (session.Refused is { } gone) return gone;
        var town = await change.SetBaseMunicipality(session.Value, Towns.Chosen(view, order.Town).Value.Code, stop);
        if (town.Refused is { } noTown) return noTown;
        if (!string.IsNullOrEmpty(order.Password))
        {
            var set = await setPassword.Set(session.Value, new NewPassword(order.Password, null, order.Network, order.DeviceToken), stop);
            if (set.Refused is { } noPassword) return noPassword;
        }
        if (string.IsNullOrEmpty(order.Mail)) return issued;
        var asked = await keepMail.Ask(session.Value, new NewMail(order.Mail, null, order.Network, order.DeviceToken), stop);
        return asked.Refused is { } noMail ? noMail : issued;
    }
}
