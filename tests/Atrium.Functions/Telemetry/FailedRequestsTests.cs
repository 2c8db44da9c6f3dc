using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Telemetry;

public sealed class FailedRequestsTests : IDisposable
{
    readonly PrintedLog _log = new();
    readonly FailedRequests _failed;

    public FailedRequestsTests() => _failed = _log.FailedRequests();

    public void Dispose() => _failed.Dispose();

    [Fact]
    public void All_of_a_minute_are_one_line_of_each_function()
    {
        Fail(3);
        _log.Time.Advance(TimeSpan.FromSeconds(59));
        Fail(2);
        _failed.Count("Explain");
        Assert.Empty(_log.Lines);

        _log.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([Line("Ingest", 5, 60), Line("Explain", 1, 60)], _log.Lines);
    }

    [Fact]
    public void A_minute_begins_with_its_first_failure_and_what_was_told_is_not_told_again()
    {
        Fail(1);
        _log.Time.Advance(FailedRequests.Interval);
        _log.Time.Advance(TimeSpan.FromHours(1));
        Fail(2);
        _log.Time.Advance(FailedRequests.Interval);
        _log.Time.Advance(FailedRequests.Interval);
        Assert.Equal([Line("Ingest", 1, 60), Line("Ingest", 2, 60)], _log.Lines);
    }

    // When an instance is no longer needed, it ends within the minute.
    [Fact]
    public void What_was_not_told_yet_is_told_at_the_end_of_the_app()
    {
        Fail(4);
        _log.Time.Advance(TimeSpan.FromSeconds(7));
        _failed.Dispose();
        _log.Time.Advance(FailedRequests.Interval);
        Assert.Equal([Line("Ingest", 4, 7)], _log.Lines);
    }

    void Fail(int times)
    {
        for (var time = 0; time < times; time++)
        {
            _failed.Count("Ingest");
        }
    }

    static string Line(string function, int failed, int seconds) =>
        $"{function}: {failed} requests were answered with a 5xx in the last {seconds} s";
}
