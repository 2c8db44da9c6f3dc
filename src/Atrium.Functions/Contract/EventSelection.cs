namespace Atrium.Functions.Contract;

/// <summary>The events that a subscription can take: any of the three, or all, including future ones.</summary>
internal static class EventSelection
{
    public const string All = "*";
    public const string PreRegistered = "visitor.pre_registered";
    public const string CheckedIn = "visitor.checked_in";
    public const string CheckedOut = "visitor.checked_out";

    public static readonly IReadOnlyList<string> Names = [PreRegistered, CheckedIn, CheckedOut];

    /// <summary>What a delivery can be of: an event, or a notice.</summary>
    public static readonly IReadOnlyList<string> Delivered = [.. Names, .. NoticeEvent.Names];

    /// <summary>What a delivery can be of, as a sentence.</summary>
    public static readonly string DeliveredRule = $"Choose one of {string.Join(", ", Delivered)}.";
}
