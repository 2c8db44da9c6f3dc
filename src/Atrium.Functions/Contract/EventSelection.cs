namespace Atrium.Functions.Contract;

/// <summary>The events that a subscription can take: any of the three, or all, including future ones.</summary>
internal static class EventSelection
{
    public const string All = "*";
    public const string PreRegistered = "visitor.pre_registered";
    public const string CheckedIn = "visitor.checked_in";
    public const string CheckedOut = "visitor.checked_out";

    public static readonly IReadOnlyList<string> Names = [PreRegistered, CheckedIn, CheckedOut];

    /// <summary>What an event's name can be, as a sentence.</summary>
    public static readonly string Rule = $"The events are {string.Join(", ", Names)}.";

    /// <summary>Whether a delivery can be of this: an event, or a notice.</summary>
    public static bool IsDelivered(string name) => Names.Contains(name) || NoticeEvent.Names.Contains(name);
}
