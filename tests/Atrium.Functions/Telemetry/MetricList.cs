using System.Diagnostics.Metrics;
using System.Text;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Operations;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>
/// All metrics with their tags and all values that these can have: a product of them is the most time series there can
/// be.
/// </summary>
static class MetricList
{
    static readonly string[] Outcomes = [.. Enum.GetNames<AttemptOutcome>().Except([nameof(AttemptOutcome.Unknown)])];

    static readonly Dictionary<string, Dictionary<string, string[]>> Tags = new()
    {
        ["webhook.events.ingested"] = [],
        ["webhook.events.fanned_out"] = [],
        ["webhook.deliveries.created"] = [],
        ["webhook.delivery.attempts"] = new()
        {
            ["outcome"] = Outcomes,
            ["error_class"] = [.. Enum.GetValues<ErrorClass>().Select(error => error.Name()), MetricTag.NoError],
        },
        ["webhook.delivery.duration"] = new() { ["outcome"] = Outcomes },
        ["webhook.delivery.lag"] = [],
        ["webhook.delivery.in_flight"] = [],
        ["webhook.delivery.parked"] = [],
        ["webhook.put_back"] = new()
        {
            ["queue"] = [Queues.Deliveries, Queues.VisitorEvents, Queues.Jobs],
            ["reason"] =
                [PutBackReason.Dependency, PutBackReason.EndpointBusy, PutBackReason.InstanceBusy,
                    PutBackReason.ParkedFull, PutBackReason.SecretMissing],
        },
        ["webhook.dead_letters"] = new()
        {
            ["queue"] = [Queues.Deliveries, Queues.VisitorEvents, Queues.Jobs],
            ["reason"] =
                [DeadLetterReason.AttemptsExhausted, DeadLetterReason.InvalidDelivery, DeadLetterReason.InvalidEvent,
                DeadLetterReason.InvalidJob],
        },
        ["webhook.dead_letters.indexed"] = new()
        {
            ["queue"] = [Queues.Deliveries, Queues.VisitorEvents, Queues.Parked],
            ["reason"] = [.. Queues.All.SelectMany(KnownReasons.Of).Distinct()],
        },
        ["webhook.queue.oldest_age"] = new() { ["queue"] = [.. OldestWaiting.Queues] },
        ["webhook.cache.lookups"] = new()
        {
            ["cache"] =
            [
                CacheName.Subscriptions, CacheName.Secrets, CacheName.Headers, CacheName.Overview,
                CacheName.PortalSessions,
            ],
            ["result"] = [MetricTag.Hit, MetricTag.Miss],
        },
    };

    public static IEnumerable<string> Names => Tags.Keys;

    public static IReadOnlyDictionary<string, string[]> TagsOf(string instrument) => Tags[instrument];

    public static string Text(IEnumerable<Instrument> instruments)
    {
        var text = new StringBuilder($"meter {AtriumMetrics.MeterName}\n");
        foreach (var instrument in instruments.OrderBy(instrument => instrument.Name, StringComparer.Ordinal))
        {
            text.Append(
                $"\n{instrument.Name}: {instrument.GetType().Name.Split('`')[0]}, {instrument.Unit}\n  "
                + $"{instrument.Description}\n");
            foreach (var (tag, values) in Tags[instrument.Name])
            {
                text.Append($"  {tag}: {string.Join(", ", values)}\n");
            }
        }

        return text.ToString();
    }
}
