using System.Diagnostics;

namespace Atrium.Functions.Telemetry;

/// <summary>Traces of what the app does.</summary>
internal static class Tracing
{
    public const string SourceName = "Atrium.Webhook";

    public static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins the trace of an event, or goes on with the request's.</summary>
    /// <returns>Null when nobody listens.</returns>
    public static Activity? BeginIngest() => Source.StartActivity("ingest", ActivityKind.Producer);
}
