namespace Atrium.Functions.Signing;

/// <summary>What a receiver's verification comes to; the first step that fails is the one named.</summary>
internal enum SignatureCheck
{
    /// <summary>One of the signatures is that of one of the secrets, and the timestamp is recent.</summary>
    Valid,

    /// <summary><c>webhook-id</c>, <c>webhook-timestamp</c> or <c>webhook-signature</c> is missing or empty.</summary>
    MissingHeader,

    /// <summary><c>webhook-timestamp</c> is not a whole number of seconds since 1970.</summary>
    MalformedTimestamp,

    /// <summary>The timestamp lies more than five minutes back.</summary>
    TimestampTooOld,

    /// <summary>The timestamp lies more than five minutes ahead: one of the two clocks is wrong.</summary>
    TimestampTooNew,

    /// <summary><c>webhook-signature</c> holds no signature of the version <c>v1</c>.</summary>
    NoKnownVersion,

    /// <summary>There are signatures, but none fits: another secret, another id or timestamp, or a body whose bytes were changed.</summary>
    NoMatchingSignature,
}
