using Atrium.Functions.Egress;
using Atrium.Functions.Http;

namespace Atrium.Functions.Subscriptions;

/// <summary>Settings that may be saved.</summary>
/// <param name="Name">Trimmed; null when there is none.</param>
/// <param name="Url">Canonical.</param>
/// <param name="Events">As sent.</param>
/// <param name="Headers">By name, with their values; empty when there are none.</param>
internal sealed record JudgedSettings(string? Name, string Url, IReadOnlyList<string> Events, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>In characters: a line in a list.</summary>
    public const int MaxNameLength = 100;

    /// <returns>The settings, or all that is wrong with them.</returns>
    public static (JudgedSettings? Settings, IReadOnlyList<FieldError> Errors) Of(SubscriptionSettings sent, EgressOptions egress)
    {
        var errors = new List<FieldError>();
        var name = sent.Name?.Trim();
        if (name is not null && (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl)))
        {
            errors.Add(new FieldError("/name", $"A name has 1 to {MaxNameLength} characters, and no line breaks. Leave it out for none."));
        }

        var url = EndpointUrl.Judge(sent.Url, egress);
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
            : (new(name, url.Url!.Uri.AbsoluteUri, sent.Events!, (sent.Headers ?? new Dictionary<string, string?>()).ToDictionary(header => header.Key, header => header.Value!)), []);
    }
}
