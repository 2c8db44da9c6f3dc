using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;

namespace Microsoft.Azure.Functions.Worker.OpenTelemetry;

/// <summary>Joins an app's telemetry to the worker's.</summary>
public static class ConfigureFunctionsOpenTelemetry
{
    // As the real package names it:
    // https://github.com/Azure/azure-functions-dotnet-worker/blob/main/src/DotNetWorker.OpenTelemetry/ConfigureFunctionsOpenTelemetry.cs
    const string Enabled = "WorkerOpenTelemetryEnabled";

    /// <summary>Has the worker tell its host that log lines and traces leave from here, so that the host, which hears of them too, does not send them a second time.</summary>
    /// <param name="builder">The app's telemetry.</param>
    /// <returns>The same.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IOpenTelemetryBuilder UseFunctionsWorkerDefaults(this IOpenTelemetryBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure<WorkerOptions>(options => options.Capabilities[Enabled] = bool.TrueString);
        return builder;
    }
}
