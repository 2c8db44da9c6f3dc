using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Messaging;

public sealed class PutBacksTests : IDisposable
{
    const string Counted = "webhook.put_back";

    static readonly string[] Tags = [$"queue={Queues.VisitorEvents}", $"reason={PutBackReason.Dependency}"];

    readonly CollectedMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task A_message_is_counted_once_it_is_sent()
    {
        await Sut().SendAsync(
            Queues.VisitorEvents, PutBackReason.Dependency,
            () =>
            {
                Assert.Empty(_metrics.Of(Counted, Tags));
                return Task.CompletedTask;
            });
        Assert.Equal([1], _metrics.Of(Counted, Tags));
    }

    [Fact]
    public async Task One_that_could_not_be_sent_is_not_counted()
    {
        await Assert.ThrowsAsync<ServiceBusException>(() => Sut().SendAsync(
            Queues.VisitorEvents, PutBackReason.Dependency,
            () => throw new ServiceBusException("It is full.", ServiceBusFailureReason.QuotaExceeded)));
        Assert.Empty(_metrics.Of(Counted, Tags));
    }

    [Theory]
    [InlineData(404, 0, 1)]
    [InlineData(404, 1, 0)]
    [InlineData(503, 0, 0)]
    public void The_first_put_back_is_logged_unless_the_outages_own_lines_explain_it(
        int status, int putBacks, int lines)
    {
        var logged = new List<(double Seconds, string Error)>();
        var wait = Sut().AfterOutage(
            new RequestFailedException(status, "It fails."), putBacks,
            (seconds, error) => logged.Add((seconds, error)));
        Assert.Equal(PutBackSchedule.AfterOutage(putBacks, 0), wait);
        Assert.Equal(lines, logged.Count);
        Assert.All(logged, line => Assert.Equal((wait.TotalSeconds, "404 : It fails"), line));
    }

    PutBacks Sut() => new(_metrics.Metrics, Some.Outages(), Some.NoJitter);
}
