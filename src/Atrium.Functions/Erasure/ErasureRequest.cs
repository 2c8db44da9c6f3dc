namespace Atrium.Functions.Erasure;

/// <summary>Whose data are to go.</summary>
internal sealed record ErasureRequest
{
    /// <summary>Bytes of a request with the longest address there is (RFC 5321: 254 characters), escaped.</summary>
    public const int MaxBytes = 4 * 1024;

    /// <summary>In characters (RFC 5321).</summary>
    public const int MaxLength = 254;

    public string? Email { get; init; }

    /// <summary>
    /// Whether there is an address that a visitor can have: something, one at sign or more, something.
    /// </summary>
    public bool IsValid() =>
        Email?.Trim() is { Length: <= MaxLength } email
        && ErasureSubject.Fold(email) is var folded && folded.IndexOf('@', StringComparison.Ordinal) > 0
            && folded[^1] != '@';
}
