using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Deliveries.Model;

/// <summary>Endpoints of the model, by the way in which they answer.</summary>
static class ModelEndpoints
{
    public static readonly TimeSpan AttemptTimeout = new EgressOptions().Timeout;
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static void SendToDead(
        InstanceModel model, int tenants, int each, double perSecondInAll, TimeSpan dies, Func<Exchange> dead)
    {
        for (var number = 0; number < tenants * each; number++)
        {
            model.Send(
                new ModelEndpoint(KeyOf($"dead{number % tenants}", number), since => since < dies ? Works() : dead()),
                perSecondInAll / (tenants * each), TimeSpan.FromMilliseconds(number), Minute);
        }
    }

    public static EndpointKey KeyOf(string tenant, int number) => new(tenant, $"sub_{number}", $"https://{number}");

    public static ModelEndpoint Endpoint(string tenant, int number, string way)
    {
        var requests = 0;
        return new(KeyOf(tenant, number), _ => way switch
        {
            "works" => Works(),
            "refuses" => Failed(ErrorClass.Refused, TimeSpan.FromMilliseconds(1)),
            "503 after 14 s" => Answered(503, 14 * Second),
            "fails in two ways" => requests++ % 2 == 0 ? Hangs() : Answered(503, 14 * Second),
            "200 after 15 s" => Answered(200, AttemptTimeout),
            "200 after 1.9 s" => Answered(200, 1.9 * Second),
            // Bytes for ever, until the time-out: an outcome like no answer, as long as none is a final status (see
            // EgressClientDeadlineTests).
            "never answers" or "drips before a status" => Hangs(),
            // After a 2xx, the event is delivered, whatever the headers do until the time-out.
            "drips after a 200" => Answered(200, AttemptTimeout) with { Error = ErrorClass.Http },
            _ => throw new ArgumentOutOfRangeException(nameof(way), way, "No endpoint does that."),
        });
    }

    public static Exchange Works() => Answered(200, TimeSpan.FromMilliseconds(50));

    public static Exchange Hangs() => Failed(ErrorClass.Timeout, AttemptTimeout);

    public static Exchange Answered(int status, TimeSpan after) => new()
    {
        Status = status,
        Error = status < 300 ? null : ErrorClass.Http,
        Explanation = "",
        Timings = new ExchangeTimings { Total = after.TotalMilliseconds },
    };

    public static Exchange Failed(ErrorClass error, TimeSpan after) =>
        new() { Error = error, Explanation = "", Timings = new ExchangeTimings { Total = after.TotalMilliseconds } };

    public static TimeSpan RequestOf(string way) =>
        TimeSpan.FromMilliseconds(Endpoint("any", 0, way).Answer(TimeSpan.Zero).Timings.Total);
}
