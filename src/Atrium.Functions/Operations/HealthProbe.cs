using Atrium.Functions.Telemetry;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Operations;

/// <summary>Asks a dependency something harmless, and does not wait for long.</summary>
internal sealed partial class HealthProbe(TimeProvider time, OutageLog outages, ILogger<HealthProbe> logger)
{
    /// <summary>Longer than an answer of a service in the same region takes, and shorter than a caller waits.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <param name="name">What is asked, as the answer has it.</param>
    /// <param name="dependency">One of <see cref="Dependency"/>: whose it is.</param>
    /// <param name="ask">The question; any answer at all is a good one.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits any more.</param>
    public async Task<DependencyHealth> AskAsync(
        string name, string dependency, Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            // Not trusted to heed the token: a client may be deep in a look-up or a handshake.
            await ask(either.Token).WaitAsync(either.Token);
            outages.Succeeded(dependency);
            return Answer(null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var late = patience.IsCancellationRequested;
            if (late)
            {
                outages.Failed(dependency, new TimeoutException($"No answer within {Patience.TotalSeconds} s."));
            }
            else if (!outages.Explains(e))
            {
                Log.Unhealthy(logger, name, ErrorText.Of(e));
            }

            return Answer(late
                ? $"No answer within {Patience.TotalSeconds} s. It is down, overloaded, or not to be reached from here."
                : Sentence(e));
        }

        DependencyHealth Answer(string? problem) =>
            new(name, problem is null, time.GetElapsedTime(started).TotalMilliseconds, problem);
    }

    // Not the exceptions' own messages: they hold addresses, and sometimes more. The log has them.
    static string Sentence(Exception exception) => exception switch
    {
        AuthenticationFailedException =>
            "The app could not sign in. Check its identity, and the setting AZURE_CLIENT_ID.",
        UnauthorizedAccessException or RequestFailedException
        {
            Status: StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden
        } =>
            "The app is not allowed in. Check the role assignments of its identity, or the key in its setting.",
        ServiceBusException { Reason: ServiceBusFailureReason.MessagingEntityNotFound } =>
            "There is no such queue. Deploy the template again, or check the namespace in the settings.",
        ServiceBusException { Reason: var reason } => $"Service Bus answered {reason}. The app's log has the rest.",
        RequestFailedException { Status: > 0 and var status } =>
            $"It answered with status {status}. The app's log has the rest.",
        _ => "It could not be reached. Check its address in the settings and the network; the app's log has the rest.",
    };

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The health check of {Dependency} failed: {Error}")]
        public static partial void Unhealthy(ILogger logger, string dependency, string error);
    }
}

/// <summary>What came of asking a dependency.</summary>
/// <param name="Name">Which, such as <c>tables</c> or <c>queue deliveries</c>.</param>
/// <param name="Healthy">Whether it answered as it should, in time.</param>
/// <param name="DurationMs">How long that took, in milliseconds.</param>
/// <param name="Problem">What is wrong and what to do, in a sentence for the operator; null when nothing is.</param>
internal sealed record DependencyHealth(string Name, bool Healthy, double DurationMs, string? Problem);
