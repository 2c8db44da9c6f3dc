using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.TestWebhooks;

/// <summary>Of which event a sample is wanted.</summary>
internal static class SampleChoice
{
    /// <returns>Null when the choice is good.</returns>
    public static FieldError? Fault(string? eventName) => eventName is not null && EventSelection.Names.Contains(eventName)
        ? null
        : new FieldError("/event", $"Choose the event of which a sample is sent: {string.Join(", ", EventSelection.Names)}.");
}
