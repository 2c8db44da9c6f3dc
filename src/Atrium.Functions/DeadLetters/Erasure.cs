using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Atrium.Functions.DeadLetters;

/// <summary>Whom an erasure concerns, by the hash of the e-mail address: the address itself is kept nowhere.</summary>
internal sealed record Erasure(string EmailHash)
{
    /// <param name="email">An address; case and surrounding space do not matter.</param>
    public static Erasure Of(string email) => new(HashOf(email));

    public bool Concerns(string email) => HashOf(email) == EmailHash;

    public string Write() => JsonSerializer.Serialize(this, DeadLetterJson.Default.Erasure);

    public static Erasure Read(string arguments) => JsonSerializer.Deserialize(arguments, DeadLetterJson.Default.Erasure)!;

    static string HashOf(string email) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(email.Trim().ToLowerInvariant())));
}
