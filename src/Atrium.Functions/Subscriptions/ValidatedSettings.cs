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

    /// <returns>The settings, or all that is wrong with them.</returns>
    public static (ValidatedSettings? Settings, IReadOnlyList<FieldError> Errors) Of(
        SubscriptionSettings sent, EgressOptions egress)
    {
        var errors = new List<FieldError>();
        var name = sent.Name?.Trim();
        if (NameFault(name, sent.Name?.IndexOf(name!, StringComparison.Ordinal) ?? 0) is { } nameFault)
        {
            errors.Add(new FieldError("/name", nameFault));
        }

        var url = EndpointUrl.JudgeNew(sent.Url, egress);
        if (!url.IsAllowed)
        {
            errors.Add(new FieldError("/url", url.Refusal));
        }

        if (EventSelection.Fault(sent.Events) is { } fault)
        {
            errors.Add(new FieldError("/events", fault));
        }

        errors.AddRange(HeaderRule.Faults(sent.Headers ?? new Dictionary<string, string?>()));
        return errors.Count > 0
            ? (null, errors)
            : (new(
                name, url.Url!.Uri.AbsoluteUri, sent.Events!,
                (sent.Headers ?? new Dictionary<string, string?>())
                .ToDictionary(header => header.Key, header => header.Value!)), []);
    }

    // Not all that is invisible: words of many languages and emoji have such characters in them.
    static string? NameFault(string? name, int trimmed) => name switch
    {
        null => null,
        { Length: 0 or > MaxNameLength } => $"A name has 1 to {MaxNameLength} characters. Leave it out for none.",
        _ when InvisibleCharacters.AreAllOf(name) => "There is nothing to be seen in this name. Leave it out for none.",
        _ when InvisibleCharacters.Place(name, InvisibleCharacters.IsStray, trimmed) is { } stray =>
            $"The name contains something that nobody can see: {stray}. Remove it, or type the name anew.",
        _ => null,
    };
}
