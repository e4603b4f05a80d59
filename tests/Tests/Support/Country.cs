using System.Text;
using MyKey.Kernel;

namespace MyKey.Tests.Support;

/// <summary>A made-up country of the real one's size and shape: 47 prefectures, their cities, wards, towns and villages, with right check digits.</summary>
public static class Country
{
    /// <summary>Code, prefecture, name, kana; kind is left to the name.</summary>
    public static IReadOnlyList<(string Code, string Prefecture, string Name, string Kana)> Rows { get; } = [.. Enumerable.Range(1, 47).SelectMany(Prefecture)];

    public static byte[] Csv(Encoding encoding, string header = "code,prefecture,name,kana") =>
        [.. encoding.Preamble, .. encoding.GetBytes(string.Join("\r\n", Rows.Select(r => $"{r.Code},{r.Prefecture},{r.Name},{r.Kana}").Prepend(header)) + "\r\n")];

    private static IEnumerable<(string, string, string, string)> Prefecture(int number)
    {
        var name = MyKey.App.Registry.Prefectures.NameOf(Code(number, 0));
        yield return (Code(number, 0).Value, name, name, "ケン");
        if (number % 3 == 0)
        {
            yield return (Code(number, 100).Value, name, $"大市{number}市", "オオイチシ");
            for (var ward = 101; ward <= 110; ward++) yield return (Code(number, ward).Value, name, $"大市{number}市中央{ward}区", "ク");
        }
        for (var city = 201; city <= 216; city++) yield return (Code(number, city).Value, name, $"試{number}の{city}市", "シ");
        // The same name once in every prefecture (Y-D1).
        yield return (Code(number, 301).Value, name, "同名町", "ドウメイチョウ");
        for (var town = 302; town <= 317; town++) yield return (Code(number, town).Value, name, $"試{number}の{town}町", "マチ");
        for (var village = 461; village <= 464; village++) yield return (Code(number, village).Value, name, $"試{number}の{village}村", "ムラ");
    }

    private static MunicipalityCode Code(int prefecture, int body) => MunicipalityCode.Read($"{prefecture:00}{body:000}").Value;
}
