using System.Text.RegularExpressions;
using MyKey.Kernel;

namespace MyKey.Tests.Tidy;

/// <summary>
/// Goal: each code of the groups A, B, C, D, O, V, W and X of the requirements is provoked by its own call and its own form in a test that can be named (T has none); where there is no call or no form for it,
/// by the one that there is.
/// </summary>
public partial class ProvokedCodesTests
{
    private const string Provoked = "App/Shared/Refusals/ProvokedTests.cs#", Links = "App/Libraries/LinksTests.cs#", Counter = "App/Libraries/CounterPagesTests.cs#", Sign = "CardAgent/SignTests.cs#", Device = "CardAgent/Device/DeviceKeyTests.cs#",
        Sites = "App/Points/OnlineLinks/OnlineLinksTests.cs#", Citizens = "S2_P4a_S0_5015_S0_1004b_S0_4048b_S1_25a_S0_1002a_S0_1020a", States = "S0_3002a_S0_5005c_S0_5016b", Officers = "V_D1_V_D3";

    /// <summary>Group, code, and the tests by file and the beginning of the method's name: by call first, then by form or page.</summary>
    private static readonly (string Groups, string Code, string[] Tests)[] Table =
    [
        ("A", "scope_denied", [$"{Links}S2_P9a_S0_1001", "App/Points/UsePoints/TerminalEndpointsTests.cs#S0_1014b"]),
        ("A W", "my_number_refused", [$"{Provoked}{Citizens}"]),
        ("A", "cert_missing", [$"{Device}S2_P9e", $"{Sign}A_card_without"]),
        ("A", "cert_expired", ["App/SignIn/CardLoginTests.cs#S0_1003"]),
        ("A O", "cert_revoked", ["App/SignIn/CardLoginTests.cs#S0_1003", $"{Counter}S2_P9e"]),
        ("A", "card_missing", [$"{Device}S2_P9b", $"{Sign}S2_P16"]),
        ("A", "mykey_missing", [$"{Provoked}{States}", $"{Counter}S2_P9e"]),
        ("A", "prep_software_required", ["App/Check/CheckTests.cs#S1_12a"]),
        ("A", "auth_failed", ["App/SignIn/CardAnswersTests.cs#Members", "App/SignIn/CardLoginTests.cs#S0_1003"]),
        ("A", "mail_format", [$"{Provoked}S0_5004a"]),
        ("A", "pin_wrong", [$"{Sign}S1_05a_Wrong"]),
        ("A", "pin_locked", [$"{Sign}S1_05a_Wrong"]),
        ("A", "pin_format", [$"{Sign}S1_05a_Anything"]),
        ("A", "id_format", [$"{Provoked}{Citizens}"]),
        ("A", "id_taken", [$"{Provoked}{Citizens}"]),
        ("A D", "link_required", [$"{Sites}S0_4015_S2_P17h", "App/Points/LinkedExchange/LinkedExchangeTests.cs#"]),
        ("B C", "login_failed", [$"{Provoked}{Citizens}"]),
        ("B", "login_throttled", [$"{Provoked}{Citizens}"]),
        ("B C O", "id_suspended", [$"{Provoked}{States}", $"{Counter}S2_P9e"]),
        ("B", "base_account_required", [$"{Provoked}{Citizens}"]),
        ("B", "card_login_required", [$"{Provoked}{Citizens}"]),
        ("B", "step_up_required", ["App/Points/StreetCards/StreetCardsTests.cs#S0_4046", $"{Sites}S0_4015_K_02"]),
        ("C", "id_revoked", [$"{Provoked}{States}"]),
        ("D", "link_exists", [$"{Links}S0_3006_one", $"{Counter}S2_P9b_S0_3002b"]),
        ("D", "number_format", [$"{Links}S0_3002b", $"{Counter}S2_P9b_S0_3002b"]),
        ("D", "provider_only", [$"{Links}S0_5014a"]),
        ("D", "partner_auth_failed", [$"{Sites}S0_4015_S2_P17h"]),
        ("D", "partner_account_missing", [$"{Sites}S0_4015_S2_P17h"]),
        ("O", "field_unknown", [$"{Links}S0_3005"]),
        ("O", "not_linked", [$"{Links}S2_P9a_S0_1001"]),
        ("V", "pan_refused", [$"{Provoked}{Citizens}"]),
        ("V", "role_forbidden", [$"{Provoked}{Officers}"]),
        ("V", "four_eyes", [$"{Provoked}{Officers}"]),
        ("X", "app_outdated", ["App/SignIn/CardAnswersTests.cs#Members", "App/Check/CheckTests.cs#S1_12a"]),
    ];

    [Fact]
    public void Each_code_is_provoked_in_the_tests_that_are_named_for_it() => SourceTree.Clean(Table.SelectMany(row => row.Tests.Where(t => !Provokes(t, row.Code)).Select(t => $"{row.Groups} {row.Code}: not provoked in {t}")));

    /// <summary>The code, or the beginning of its sentence on the page, stands in the test: in its rows or in its body.</summary>
    private static bool Provokes(string named, string code)
    {
        var (path, name) = (named.Split('#')[0], named.Split('#')[1]);
        var tests = Start().Split(SourceTree.File($"tests/Tests/{path}").Text);
        var what = RefusalText.For(code).What.Split('{')[0];
        return tests.Any(t => Regex.IsMatch(t, $@"public (async Task|void) {Regex.Escape(name)}\w*\(") && (t.Contains($"\"{code}\"", StringComparison.Ordinal) || (what.Length > 3 && t.Contains(what, StringComparison.Ordinal))));
    }

    [GeneratedRegex(@"(?m)^    \[(?=Fact|Theory)")]
    private static partial Regex Start();
}
