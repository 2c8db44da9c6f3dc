using System.Globalization;
using System.Security.Cryptography;

namespace Atrium.Functions.Jobs;

/// <summary>A job's id, which is its row's key as well: it begins with the reversed time, so that rows lie newest first, and ends by chance.</summary>
internal static class JobId
{
    public const string Prefix = "job_";

    /// <summary>Sorts after every id.</summary>
    public const string Beyond = "job_~";

    const int HexDigits = 32;
    const int RandomBytes = 8;

    public static string Draw(DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"{Prefix}{DateTime.MaxValue.Ticks - now.UtcTicks:x16}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes))}");

    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + HexDigits && id.StartsWith(Prefix, StringComparison.Ordinal) && id.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);
}
