using MyKey.Kernel.Chain;

namespace MyKey.Kernel.Cards;

/// <summary>
/// The one definition of the bytes that a card signs: canonical CBOR
/// <c>[1, separator, origin, purpose, challenge (32 bytes), expires_ms, details]</c>, where details is null or an array of
/// <c>[label, value]</c>. The agent makes them from what it shows on its page, the App from the challenge it stored; neither
/// takes them from the other.
/// </summary>
public static class ChallengeBytes
{
    /// <summary>Keeps a signature made for this from ever being one for something else that the same card signs.</summary>
    public const string Separator = "MyKey card challenge";

    /// <exception cref="BrokenProperty">The challenge has not 32 bytes, or its details are not those of its purpose.</exception>
    public static byte[] Of(CardChallenge challenge)
    {
        Must.Hold(challenge.Random.Length == CardChallenge.RandomLength, "a challenge has 32 bytes");
        Must.Hold(challenge.Details.Select(d => d.Label).SequenceEqual(challenge.Purpose.Details), "the details are those of the purpose");
        Must.Hold(challenge.Details.All(d => CardChallenge.IsValue(d.Value)), "a detail can be read as it stands");
        var writer = Canonical.Writer();
        writer.WriteStartArray(7);
        writer.WriteInt32(1);
        writer.WriteTextString(Separator);
        writer.WriteTextString(challenge.Origin);
        writer.WriteTextString(challenge.Purpose.Code);
        writer.WriteByteString(challenge.Random.Span);
        writer.WriteInt64(challenge.ExpiresMs);
        if (challenge.Details.Count == 0) writer.WriteNull();
        else
        {
            writer.WriteStartArray(challenge.Details.Count);
            foreach (var detail in challenge.Details)
            {
                writer.WriteStartArray(2);
                writer.WriteTextString(detail.Label.Code);
                writer.WriteTextString(detail.Value);
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        return writer.Encode();
    }
}
