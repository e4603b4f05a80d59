using System.Security.Cryptography;
using System.Text;
using MyKey.Identity.Staffing;

namespace MyKey.Tests.Identity.Staffing;

/// <summary>Goal: exactly RFC 6238, and no step twice.</summary>
public class TotpTests
{
    [Theory]
    [InlineData(59, "94287082", "46119246", "90693936")]
    [InlineData(1111111109, "07081804", "68084774", "25091201")]
    [InlineData(1111111111, "14050471", "67062674", "99943326")]
    [InlineData(1234567890, "89005924", "91819424", "93441116")]
    [InlineData(2000000000, "69279037", "90698825", "38618901")]
    [InlineData(20000000000, "65353130", "77737706", "47863826")]
    public void Vectors_of_RFC_6238_appendix_B(long seconds, string sha1, string sha256, string sha512)
    {
        var step = Totp.StepAt(seconds * 1000);
        Assert.Equal(sha1, Totp.Code(Seed(20), step, 8, HashAlgorithmName.SHA1));
        Assert.Equal(sha256, Totp.Code(Seed(32), step, 8, HashAlgorithmName.SHA256));
        Assert.Equal(sha512, Totp.Code(Seed(64), step, 8, HashAlgorithmName.SHA512));
    }

    [Fact]
    public void One_step_off_is_taken_two_are_not_and_a_used_step_is_not()
    {
        const long now = 1_513_306_800_000;
        var (secret, step) = (Seed(20), Totp.StepAt(now));
        for (var off = -3; off <= 3; off++)
            Assert.Equal(Math.Abs(off) <= 1 ? step + off : null, Totp.Match(secret, Totp.Code(secret, step + off), now, 0));
        Assert.Null(Totp.Match(secret, Totp.Code(secret, step), now, lastStep: step));
        Assert.Null(Totp.Match(secret, Totp.Code(secret, step - 1), now, lastStep: step));
        Assert.Equal(step + 1, Totp.Match(secret, Totp.Code(secret, step + 1), now, lastStep: step));
        Assert.Null(Totp.Match(secret, "", now, 0));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Vectors_of_RFC_4648_section_10_without_padding(string bytes, string text) => Assert.Equal(text, Totp.Text(Encoding.ASCII.GetBytes(bytes)));

    private static byte[] Seed(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)"1234567890"[i % 10])];
}
