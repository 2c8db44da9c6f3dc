using System.Security.Cryptography;
using Atrium.Functions.Http;
using Atrium.Functions.Signing;

namespace Atrium.Functions.Subscriptions;

/// <summary>The signing secret that a request chooses: the customer's own, one that is generated, or none.</summary>
internal static class SecretChoice
{
    /// <param name="secret">The customer's own; null for none.</param>
    /// <param name="generate">Whether one is to be generated.</param>
    /// <returns>The secret, or what is wrong; neither if none is wanted.</returns>
    public static (SigningSecret? Secret, FieldError? Fault) Of(string? secret, bool generate = false)
    {
        if (secret is null)
        {
            return (generate ? SigningSecret.Generate(RandomNumberGenerator.GetBytes) : null, null);
        }

        if (generate)
        {
            return (null, new FieldError(
                "/generateSecret", FieldErrorCode.Conflicting, "Send a secret or have one generated, not both."));
        }

        var parsed = SigningSecret.Parse(secret);
        return (
            parsed.Secret,
            parsed.IsValid ? null : new FieldError("/secret", FieldErrorCode.InvalidSecret, parsed.Refusal));
    }
}
