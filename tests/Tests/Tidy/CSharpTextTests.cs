namespace MyKey.Tests.Tidy;

/// <summary>Goal: what the tidy tests take for code is code, and what they take for a string is a string.</summary>
public class CSharpTextTests
{
    [Theory]
    [InlineData("a // \"no\"\nb", "a        \nb")]
    [InlineData("a /* ; */ b", "a         b")]
    [InlineData("f('\"', '\\'') ;", "f(   ,     ) ;")]
    [InlineData("x = @\"a\"\"b\\\" + y;", "x = " + "        " + " + y;")]
    [InlineData("x = \"a\\\"b\" + y;", "x =        + y;")]
    [InlineData("x = \"\" + y;", "x =    + y;")]
    [InlineData("x = $\"{{ {f(\"}\")} }}\";", "x =       f(   )     ;")]
    [InlineData("x = \"\"\"a \"b\" // c\"\"\"; y", "x =                 ; y")]
    [InlineData("x = $$\"\"\"{ {{y}} }\"\"\"; z", "x =          y       ; z")]
    public void Comments_and_strings_are_blanked(string text, string code) => Assert.Equal(code, CSharpText.Of(text).Code);

    [Fact]
    public void Strings_in_holes_are_found_too() =>
        Assert.Equal([("b", false), ("a {f(\"b\")} c", true)], CSharpText.Of("x = $\"a {f(\"b\")} c\";").Strings.Select(s => (s.Content, s.Interpolated)));
}
