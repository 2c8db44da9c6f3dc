using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using CsCheck;

namespace Atrium.Functions.Tests.Telemetry;

public sealed class OutageLogTests
{
    static readonly RequestFailedException Busy = Fakes.Outages.Unavailable();

    readonly PrintedLog _log = new();
    readonly OutageLog _outages;

    public OutageLogTests() => _outages = _log.Outages();

    [Fact]
    public void The_first_failure_is_told_at_once_in_one_line_with_its_kind_and_without_its_stack()
    {
        FailTables();
        Assert.Equal(
            "Table Storage fails: 503 ServerBusy: The server is busy. "
            + "While this goes on, failed calls are counted once a minute",
            Assert.Single(_log.Lines));
    }

    [Fact]
    public void A_minute_of_twenty_failures_a_second_is_one_more_line_with_their_number()
    {
        for (var failed = 0; failed < 1_200; failed++)
        {
            FailTables();
            Pass(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal(2, _log.Lines.Count);
        Assert.Equal(
            "Table Storage still fails: 1199 calls in the last 60 s, since 2026-04-15 09:30:00Z; "
            + "the last said 503 ServerBusy: The server is busy",
            _log.Lines[1]);
    }

    [Fact]
    public void An_outage_of_which_nothing_more_is_heard_writes_nothing_more()
    {
        FailTables();
        Pass(TimeSpan.FromHours(1));
        Assert.Single(_log.Lines);
    }

    [Fact]
    public void It_is_over_when_a_call_has_succeeded_and_none_has_failed_for_a_while()
    {
        FailTables();
        Pass(TimeSpan.FromSeconds(5));
        FailTables();
        _outages.Succeeded(Dependency.Tables);
        Pass(OutageLog.Calm - TimeSpan.FromSeconds(1));
        Assert.Single(_log.Lines);
        Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(
            "Table Storage works again: 2 calls failed in 5 s, since 2026-04-15 09:30:00Z; 1 of them had not been "
                + "reported yet",
            _log.Lines[^1]);
    }

    [Fact]
    public void A_success_before_the_last_failure_does_not_end_it()
    {
        FailTables();
        _outages.Succeeded(Dependency.Tables);
        FailTables();
        Pass(TimeSpan.FromMinutes(10));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("works again", StringComparison.Ordinal));
    }

    [Fact]
    public void What_fails_again_after_it_was_over_is_told_at_once()
    {
        FailTables();
        _outages.Succeeded(Dependency.Tables);
        Pass(TimeSpan.FromMinutes(1));
        FailTables();
        Assert.Equal(3, _log.Lines.Count);
        Assert.StartsWith("Table Storage fails", _log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Dependencies_fail_and_come_back_each_for_itself()
    {
        FailTables();
        _outages.Failed(Dependency.Vault, new AuthenticationFailedException("No token."));
        _outages.Succeeded(Dependency.Tables);
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(
            ["Table Storage fails", "Key Vault fails", "Table Storage works again"],
            _log.Lines.Select(line => line.Split(':')[0]));
    }

    [Fact]
    public void What_succeeds_is_told_of_by_nothing()
    {
        _outages.Succeeded(Dependency.ServiceBus);
        Pass(TimeSpan.FromHours(1));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void However_calls_fail_and_succeed_a_minute_has_four_lines_of_a_dependency_at_most() => Gen
        .Select(Gen.Bool, Gen.Int[0, 20_000], (fails, wait) => (fails, wait)).Array[200]
        .Sample(calls =>
        {
            var log = new PrintedLog();
            using var outages = log.Outages();
            foreach (var (fails, wait) in calls)
            {
                if (fails)
                {
                    outages.Failed(Dependency.Tables, Busy);
                }
                else
                {
                    outages.Succeeded(Dependency.Tables);
                }

                log.Time.Advance(TimeSpan.FromMilliseconds(wait));
            }

            var minutes = Math.Ceiling((log.Time.GetUtcNow() - Some.Time).TotalMinutes) + 1;
            Assert.InRange(log.Lines.Count, 0, 4 * minutes);
        });

    [Fact]
    public async Task Failures_at_the_same_time_are_all_counted_and_one_begins_it()
    {
        const int Callers = 8;
        const int Calls = 500;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() =>
        {
            for (var call = 0; call < Calls; call++)
            {
                FailTables();
            }
        })));
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains($"{Callers * Calls - 1} calls", _log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_of_service_bus_is_told_by_asking_whether_it_is_explained()
    {
        var gone = new ServiceBusException("Gone.", ServiceBusFailureReason.ServiceCommunicationProblem);
        Assert.True(_outages.Explains(gone));
        Assert.StartsWith("Service Bus fails", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, true)]
    [InlineData(0, true)]
    [InlineData(404, false)]
    [InlineData(409, false)]
    public void What_the_clients_tell_of_themselves_is_explained_and_no_other_answer(int status, bool explained)
    {
        var failures = new AggregateException(new RequestFailedException(status, "It says so."));
        Assert.Equal(explained, _outages.Explains(failures));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void A_token_that_nobody_else_has_missed_is_service_buss()
    {
        Assert.True(_outages.Explains(new AuthenticationFailedException("No token.")));
        Assert.True(_outages.Explains(new AuthenticationFailedException("No token.")));
        Assert.StartsWith("Service Bus fails", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Pass(OutageLog.Interval + TimeSpan.FromSeconds(10));
        Assert.StartsWith("Service Bus still fails: 1 calls", _log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_that_the_tables_have_missed_is_told_of_them_only()
    {
        FailTables();
        Assert.True(_outages.Explains(new AuthenticationFailedException("No token.")));
        Assert.StartsWith("Table Storage fails", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_has_told_is_explained_by_nothing()
    {
        Assert.False(_outages.Explains(new TaskCanceledException()));
        FailTables();
        Assert.True(_outages.Explains(new TaskCanceledException()));
    }

    [Fact]
    public void A_mistake_of_ours_is_not_explained() =>
        Assert.False(_outages.Explains(new InvalidOperationException("A bug.")));

    void FailTables() => _outages.Failed(Dependency.Tables, Busy);

    void Pass(TimeSpan time) => _log.Time.Advance(time);
}
