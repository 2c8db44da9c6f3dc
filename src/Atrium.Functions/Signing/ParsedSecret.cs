using System.Diagnostics.CodeAnalysis;

namespace Atrium.Functions.Signing;

/// <summary>What reading a secret's text came to: the secret, or a sentence that says what is wrong with the text and never repeats it.</summary>
internal readonly record struct ParsedSecret(SigningSecret? Secret, string? Refusal)
{
    /// <summary>Whether there is a secret.</summary>
    [MemberNotNullWhen(true, nameof(Secret))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsValid => Secret is not null;
}
