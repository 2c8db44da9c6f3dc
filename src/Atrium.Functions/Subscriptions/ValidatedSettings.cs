using Atrium.Functions.Contract;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;

namespace Atrium.Functions.Subscriptions;

/// <summary>Settings that may be saved.</summary>
/// <param name="Name">Trimmed; null when there is none.</param>
/// <param name="Url">Canonical.</param>
/// <param name="Events">As sent.</param>
/// <param name="Headers">By name, with their values; empty when there are none.</param>
internal sealed record ValidatedSettings(
    string? Name, string Url, IReadOnlyList<string> Events, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>In characters: a line in a list.</summary>
    public const int MaxNameLength = 100;

    /// <param name="sent">What is to be saved.</param>
    /// <param name="egress">Which URLs are allowed.</param>
    /// <param name="stored">The names of the headers until now.</param>
    /// <returns>The settings, or all that is wrong with them.</returns>
    public static (ValidatedSettings? Settings, IReadOnlyList<FieldError> Errors) Of(
        SubscriptionSettings sent, EgressOptions egress, IReadOnlyList<string>? stored = null)
    {
        var name = sent.Name?.Trim();
        var url = EndpointUrl.ValidateNew(sent.Url, egress);
        var headers = sent.Headers ?? new Dictionary<string, string?>();
        var errors = FieldError.Found(
        [
            NameFault(name, sent.Name?.IndexOf(name!, StringComparison.Ordinal) ?? 0),
            url.Fault("/url"),
            EventsFault(sent.Events),
            .. HeaderRule.Faults(headers, stored),
        ]);
        return errors.Count > 0
            ? (null, errors)
            : (new(
                name, url.Url!.Uri.AbsoluteUri, sent.Events!,
                headers.ToDictionary(header => header.Key, header => header.Value!)), []);
    }

    /// <returns>What is wrong with a choice of events; null when it is good.</returns>
    public static FieldError? EventsFault(IReadOnlyList<string>? events) => events switch
    {
        null or [] => EventsFault(
            FieldErrorCode.Missing,
            $"Choose at least one event: {string.Join(", ", EventSelection.Names)}, or * for all."),
        [EventSelection.All] => null,
        _ when events.Contains(EventSelection.All) => EventsFault(
            FieldErrorCode.Conflicting, "The star stands for all events: send [\"*\"] alone, or name events."),
        _ when events.Any(name => !EventSelection.Names.Contains(name)) => EventsFault(
            FieldErrorCode.UnknownValue,
            $"There is no event \"{events.First(name => !EventSelection.Names.Contains(name))}\". The events are "
            + $"{string.Join(", ", EventSelection.Names)}, or * for all."),
        _ when events.Distinct().Count() != events.Count => EventsFault(
            FieldErrorCode.Repeated, "An event is named twice."),
        _ => null,
    };

    static FieldError EventsFault(FieldErrorCode code, string detail) => new("/events", code, detail);

    // Not all that is invisible: words of many languages and emoji have such characters in them.
    static FieldError? NameFault(string? name, int trimmed) => name switch
    {
        null => null,
        { Length: 0 or > MaxNameLength } => NameFault(
            FieldErrorCode.InvalidLength, $"A name has 1 to {MaxNameLength} characters. Leave it out for none."),
        _ when InvisibleCharacters.AreAllOf(name) => NameFault(
            FieldErrorCode.Empty, "There is nothing to be seen in this name. Leave it out for none."),
        _ when InvisibleCharacters.Place(name, InvisibleCharacters.IsStray, trimmed) is { } stray => NameFault(
            FieldErrorCode.InvisibleCharacters,
            $"The name contains an invisible character: {stray}. Remove it, or type the name again."),
        _ => null,
    };

    static FieldError NameFault(FieldErrorCode code, string detail) => new("/name", code, detail);
}
