using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Atrium.Functions.Signing;

/// <summary>
/// The HMAC key of one subscription. It always has a valid length. Only <see cref="Reveal"/> shows it, which is a
/// method so that serializers and structured logs ignore it.
/// </summary>
internal sealed class SigningSecret
{
    /// <summary>What a secret's text begins with; optional on input, always there on output.</summary>
    public const string Prefix = "whsec_";

    /// <summary>In bytes: Standard Webhooks asks for 192 bits at least.</summary>
    public const int MinLength = 24;

    /// <summary>In bytes: SHA-256's block. HMAC replaces a longer key by its hash, so more would add nothing.</summary>
    public const int MaxLength = 64;

    /// <summary>In bytes: as many as SHA-256 gives out.</summary>
    public const int GeneratedLength = 32;

    // 64 bytes are 88 characters of base64. A much longer text is not decoded.
    const int MaxTextLength = 256;

    // A word that a person made up is not a key, whatever its length.
    const string Instead = "Let one be generated, or make one: openssl rand -base64 32.";

    readonly byte[] key;

    SigningSecret(byte[] key) => this.key = key;

    /// <summary>The raw key, 24 to 64 bytes.</summary>
    public ReadOnlySpan<byte> Key => key;

    /// <summary>
    /// Reads a secret as a person pastes it: base64, with or without <see cref="Prefix"/>, white space around it
    /// ignored.
    /// </summary>
    public static ParsedSecret Parse(string? text)
    {
        var trimmed = (text ?? "").Trim();
        var encoded = trimmed.StartsWith(Prefix, StringComparison.Ordinal) ? trimmed[Prefix.Length..] : trimmed;
        if (encoded.Length == 0)
        {
            return new(
                null,
                "The secret is empty. Paste the whole text, whsec_ and what follows it, or let one be generated.");
        }

        if (encoded.Length > MaxTextLength)
        {
            return new(
                null, $"The secret is too long: decoded from base64 it may have {MaxLength} bytes at most. {Instead}");
        }

        return TryDecode(encoded, out var key) ? Validate(key) : new(null,
            "The secret is not base64. After an optional whsec_ it takes A-Z, a-z, 0-9, + and /, padded with = to a "
                + $"multiple of four characters. {Instead}");
    }

    /// <summary>Makes a secret of 32 bytes.</summary>
    /// <param name="randomBytes">Gives as many unpredictable bytes as asked; <c>RandomNumberGenerator.GetBytes</c> in
    /// the app.</param>
    public static SigningSecret Generate(Func<int, byte[]> randomBytes) => new(randomBytes(GeneratedLength));

    /// <summary>The text to store, or to show once: <c>whsec_</c> and canonical base64.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(key);

    /// <summary>Compares in a time that tells nothing of the keys.</summary>
    public bool IsSameAs(SigningSecret other) => CryptographicOperations.FixedTimeEquals(key, other.key);

    /// <summary>Says nothing of the key.</summary>
    public override string ToString() => "whsec_***";

    static ParsedSecret Validate(byte[] key) => key.Length switch
    {
        < MinLength => new(
            null, $"The secret is too short: decoded from base64 it has {key.Length} bytes, and needs {MinLength} to "
            + $"{MaxLength}. {Instead}"),
        > MaxLength => new(
            null, $"The secret is too long: decoded from base64 it has {key.Length} bytes, and may have {MaxLength} at "
            + $"most. {Instead}"),
        _ => new(new SigningSecret(key), null),
    };

    static bool TryDecode(string encoded, [NotNullWhen(true)] out byte[]? key)
    {
        key = null;
        // The framework's decoder skips white space within; customers' decoders may not, and would then sign with
        // another key.
        if (encoded.Any(char.IsWhiteSpace))
        {
            return false;
        }

        var buffer = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, buffer, out var length))
        {
            return false;
        }

        key = buffer[..length];
        return true;
    }
}

/// <summary>
/// The result of reading a secret's text: the secret, or a sentence that says what is wrong and does not repeat the
/// text.
/// </summary>
internal readonly record struct ParsedSecret(SigningSecret? Secret, string? Refusal)
{
    /// <summary>Whether there is a secret.</summary>
    [MemberNotNullWhen(true, nameof(Secret))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsValid => Secret is not null;
}
