namespace Atrium.Functions.Messaging;

/// <summary>Why this app dead-letters a message or drops a delivery; the broker adds reasons of its own.</summary>
internal static class DeadLetterReason
{
    /// <summary>The tenth attempt failed.</summary>
    public const string AttemptsExhausted = nameof(AttemptsExhausted);

    /// <summary>A message on <c>deliveries</c> that this app cannot read.</summary>
    public const string InvalidDelivery = nameof(InvalidDelivery);

    /// <summary>A message on <c>visitor-events</c> that is not an event.</summary>
    public const string InvalidEvent = nameof(InvalidEvent);

    /// <summary>Not a dead letter: the delivery ended because its subscription was deleted.</summary>
    public const string SubscriptionDeleted = nameof(SubscriptionDeleted);

    /// <summary>Service Bus refuses longer descriptions (and reasons).</summary>
    public const int MaxDescriptionLength = 4096;
}

internal static class Truncation
{
    /// <summary>
    /// The beginning of a text, at most <paramref name="length"/> characters, and never half of a surrogate pair:
    /// stores refuse such text.
    /// </summary>
    public static string Truncate(this string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
