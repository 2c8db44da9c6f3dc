using System.Buffers.Text;
using System.Text.Json;

namespace Atrium.Functions.Portal;

/// <summary>
/// Tokens of sessions: the session itself, encrypted and authenticated, so that nothing is stored or looked up for it.
/// </summary>
internal sealed class PortalTokens(PortalKeys keys, TimeProvider time)
{
    /// <summary>What a token begins with, by which scanners of leaked secrets know it.</summary>
    public const string Prefix = "atp_";

    /// <summary>In characters: one with the longest actor and address has 6,000.</summary>
    public const int MaxLength = 8 * 1024;

    /// <exception cref="Azure.RequestFailedException">The vault could not be read or written.</exception>
    public async Task<string> WriteAsync(PortalSession session, CancellationToken cancellationToken) =>
        Prefix + Base64Url.EncodeToString(await keys.ProtectAsync(
            JsonSerializer.SerializeToUtf8Bytes(session, ReadableJson.Relaxed.PortalSession), cancellationToken));

    /// <returns>Null when it is not a token of this app, or has ended.</returns>
    /// <exception cref="Azure.RequestFailedException">The vault could not be read.</exception>
    public async Task<PortalSession?> ReadAsync(string token, CancellationToken cancellationToken) =>
        token.Length <= MaxLength && token.StartsWith(Prefix, StringComparison.Ordinal)
        && Base64Url.IsValid(token.AsSpan(Prefix.Length), out var length) && length > 0
        && await keys.UnprotectAsync(Base64Url.DecodeFromChars(token.AsSpan(Prefix.Length)), cancellationToken)
            is { } json
        && JsonSerializer.Deserialize(json, ReadableJson.Relaxed.PortalSession) is { } session
        && time.GetUtcNow() < session.ExpiresAt
            ? session
            : null;
}
