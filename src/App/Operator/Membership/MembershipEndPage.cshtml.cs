using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MyKey.App.Registry;
using MyKey.App.Shared.Refusals;
using MyKey.App.Shared.Web;
using MyKey.App.SignIn;
using MyKey.Kernel;

namespace MyKey.App.Operator.Membership;

/// <summary>会員の終わり: the last day of a membership and why, for another operator to approve.</summary>
public sealed class MembershipEndPage(AskMembershipEnd ask, RegistryCache registry) : KeyedFormPage<Municipality>(Keyed(registry))
{
    [BindProperty, Display(Name = "会員の最後の日"), DataType(DataType.Date)]
    public string? LastDay { get; set; }

    [BindProperty, Display(Name = "理由")]
    public string? Reason { get; set; }

    public Task<IActionResult> OnPost(CancellationToken stop)
    {
        var last = Day(nameof(LastDay), LastDay);
        return Save(() => ask.Run(Work, Key, new WantedEnd(last, Reason), stop), then: asked => this.SeeOther(asked.Proposal is null ? $"{Back}?saved=1" : "/operator/proposals"));
    }

    protected override string FieldOf(Refusal no) => no.Code is "out_of_period" or "not_member" || no.Fact<string>("field") == "lastDay" ? nameof(LastDay) : nameof(Reason);

    private static KeyedThings<Municipality> Keyed(RegistryCache registry) => new(async code => (await registry.View()).Resolve(code ?? "", "", "") is { Ok: true } town ? town.Value : null,
        town => $"/operator/municipalities/{town.Code.Value}", new NextStep("自治体の一覧へ", "/operator/municipalities"), "自治体に戻る");
}
