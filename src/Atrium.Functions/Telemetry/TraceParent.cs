using System.Diagnostics;

namespace Atrium.Functions.Telemetry;

/// <summary>The header of the W3C trace context.</summary>
internal static class TraceParent
{
    // Version, trace id, span id and flags with hyphens between them; whatever is longer was not written by this
    // version of the format.
    const int Length = 55;

    /// <summary>The value if it is one; otherwise null.</summary>
    public static string? Valid(object? value) =>
        value is string { Length: Length } text && ActivityContext.TryParse(text, null, out _) ? text : null;
}
