namespace Atrium.Functions.Contract;

/// <summary>Which events a subscription takes: any of the three, or all, those of the future included.</summary>
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

    /// <summary>Null when the selection is good; otherwise a sentence that says what to change.</summary>
    public static string? Fault(IReadOnlyList<string>? events) => events switch
    {
        null or [] =>
            "Choose at least one event: visitor.pre_registered, visitor.checked_in, visitor.checked_out, or * for all.",
        [All] => null,
        _ when events.Contains(All) => "The star stands for all events: send [\"*\"] alone, or name events.",
        _ when events.Any(name => !Names.Contains(name)) =>
            $"There is no event \"{events.First(name => !Names.Contains(name))}\". The events are "
                + "visitor.pre_registered, visitor.checked_in and visitor.checked_out, or * for all.",
        _ when events.Distinct().Count() != events.Count => "An event is named twice.",
        _ => null,
    };
}
