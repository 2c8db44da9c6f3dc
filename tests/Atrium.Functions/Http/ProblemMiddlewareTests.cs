using System.Net;
using System.Text.RegularExpressions;
using Atrium.Functions.Http;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Architecture;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Atrium.Functions.Tests.Http;

public sealed class ProblemMiddlewareTests : IDisposable
{
    readonly FakeLogger<ProblemMiddleware> _logger = new();
    readonly PrintedLog _log = new();
    readonly HttpContext _http = HttpCall.Context();
    readonly FailedRequests _failed;

    public ProblemMiddlewareTests() => _failed = _log.FailedRequests();

    public void Dispose() => _failed.Dispose();

    public static TheoryData<Exception> OfDependencies =>
    [
        new RequestFailedException(503, "secret detail"),
        new ServiceBusException("secret detail", ServiceBusFailureReason.ServiceBusy),
        new AuthenticationFailedException("secret detail"),
        new AggregateException(new RequestFailedException(0, "secret detail")),
    ];

    public static TheoryData<Exception> OfOurs =>
    [
        new InvalidOperationException("secret detail"),
        new ArgumentException("secret detail"),
        new RequestFailedException(400, "secret detail"),
        new ServiceBusException("secret detail", ServiceBusFailureReason.MessageSizeExceeded),
        new AggregateException(new InvalidOperationException("secret detail")),
    ];

    [Fact]
    public async Task What_succeeds_is_left_alone()
    {
        await RunAsync(_ => _http.Response.WriteAsync("fine"));
        Assert.Equal((HttpStatusCode.OK, "fine"), (Answer.Status, Answer.Text));
    }

    [Theory]
    [MemberData(nameof(OfDependencies))]
    public async Task A_dependencys_failure_is_a_503_with_when_to_come_again(Exception exception)
    {
        await RunAsync(_ => throw exception);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "application/problem+json", "10"),
            (Answer.Status, Answer.ContentType, Answer.RetryAfter));
        Assert.DoesNotContain("secret", Answer.Text, StringComparison.Ordinal);
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public async Task A_time_out_of_which_no_client_has_told_is_a_503_and_a_line()
    {
        await RunAsync(_ => throw new TaskCanceledException("It took too long."));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, Answer.Status);
        Assert.Contains("a dependency failed; answered 503", Assert.Single(_logger.Lines), StringComparison.Ordinal);
    }

    // The queries for the level of publishing are part of the test: in an outage they once found no line at all.
    [Theory]
    [InlineData("infra/queries/slo-ingest-burn.kql")]
    [InlineData("docs/slo.md")]
    public async Task With_service_bus_gone_a_minutes_requests_are_two_lines_of_which_one_counts_them(string query)
    {
        var log = new PrintedLog();
        var gone = new ServiceBusException("Gone.", ServiceBusFailureReason.ServiceCommunicationProblem);
        using var failed = log.FailedRequests();
        var middleware = new ProblemMiddleware(log.Outages(), failed, log.Of<ProblemMiddleware>());
        for (var request = 0; request < 1_200; request++)
        {
            await middleware.Invoke(new FakeFunctionContext(HttpCall.Context()), _ => throw gone);
        }

        var line = Assert.Single(log.Lines);
        Assert.StartsWith(
            "Service Bus fails: ServiceBusException: Gone. (ServiceCommunicationProblem)", line,
            StringComparison.Ordinal);

        log.Time.Advance(FailedRequests.Interval);
        Assert.Equal("Ingest: 1200 requests were answered with a 5xx in the last 60 s", Assert.Single(Counted()));

        string[] Counted()
        {
            var text = File.ReadAllText(Path.Combine(SourceFormTests.Root, query));
            var sought = Regex.Match(text, "where Message contains \"([^\"]+)\"").Groups[1].Value;
            Assert.NotEmpty(sought);
            return [.. log.Lines.Where(told => told.Contains(sought, StringComparison.Ordinal))];
        }
    }

    [Theory]
    [MemberData(nameof(OfDependencies))]
    [MemberData(nameof(OfOurs))]
    public async Task Each_request_that_is_answered_with_a_5xx_is_counted(Exception exception)
    {
        await RunAsync(_ => throw exception);
        _log.Time.Advance(FailedRequests.Interval);
        Assert.Contains("Ingest: 1 requests were answered with a 5xx in the last 60 s", _log.Lines);
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_is_not_counted()
    {
        await RunAsync(_ => throw new BadHttpRequestException("Too slow."));
        _log.Time.Advance(FailedRequests.Interval);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_503_that_no_outage_explains_is_a_line_with_its_trace_and_without_a_stack()
    {
        await RunAsync(_ => throw new RequestFailedException(409, "Somebody is at it.\nAnd more", "Changed", null));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, Answer.Status);
        Assert.Equal(
            "Ingest: a dependency failed; answered 503, trace (null): 409 Changed: Somebody is at it",
            Assert.Single(_logger.Lines));
        Assert.Equal(LogLevel.Error, _logger.LatestRecord.Level);
    }

    [Theory]
    [MemberData(nameof(OfOurs))]
    public async Task A_bug_is_a_500_that_tells_nothing(Exception exception)
    {
        await RunAsync(_ => throw exception);
        Assert.Equal(
            (HttpStatusCode.InternalServerError, "application/problem+json"), (Answer.Status, Answer.ContentType));
        Assert.DoesNotContain("secret", Answer.Text, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Error, Assert.Single(_logger.Collector.GetSnapshot()).Level);
    }

    [Theory]
    [InlineData(StatusCodes.Status400BadRequest)]
    [InlineData(StatusCodes.Status408RequestTimeout)]
    [InlineData(StatusCodes.Status413PayloadTooLarge)]
    public async Task What_the_server_refused_to_read_keeps_its_status(int status)
    {
        await RunAsync(_ => throw new BadHttpRequestException("The server does not read it.", status));
        Assert.Equal((status, "application/problem+json"), ((int)Answer.Status, Answer.ContentType));
    }

    [Fact]
    public async Task What_was_begun_before_a_failure_is_not_sent()
    {
        await RunAsync(_ =>
        {
            _http.Response.StatusCode = StatusCodes.Status201Created;
            _http.Response.Headers.Location = "/somewhere";
            throw new InvalidOperationException();
        });
        Assert.Equal((HttpStatusCode.InternalServerError, ""), (Answer.Status, Answer.Location));
    }

    [Fact]
    public async Task A_client_that_went_away_gets_no_answer_and_makes_no_noise()
    {
        _http.RequestAborted = new CancellationToken(canceled: true);
        await RunAsync(_ => throw new OperationCanceledException());
        Assert.Empty(Answer.Text);
        Assert.Empty(_logger.Lines);
    }

    public static TheoryData<Exception> OfCancellation =>
    [
        new OperationCanceledException(),
        new TaskCanceledException("It took too long."),
        new AggregateException(new RequestFailedException(0, "No answer."), new TaskCanceledException()),
    ];

    // The host tells the worker by gRPC, and the connection may end only then.
    [Theory]
    [MemberData(nameof(OfCancellation))]
    public async Task A_client_that_went_away_makes_no_noise_if_the_host_is_the_first_to_say_so(Exception exception)
    {
        await RunAsync(_ => throw exception, new CancellationToken(canceled: true));
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "application/problem+json", "10"),
            (Answer.Status, Answer.ContentType, Answer.RetryAfter));
        Assert.Empty(_logger.Lines);
        _log.Time.Advance(FailedRequests.Interval);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_failure_while_the_client_goes_away_is_a_failure_all_the_same()
    {
        await RunAsync(_ => throw new InvalidOperationException(), new CancellationToken(canceled: true));
        Assert.Equal(HttpStatusCode.InternalServerError, Answer.Status);
        Assert.Single(_logger.Lines);
    }

    [Fact]
    public async Task Failures_of_queue_functions_pass_through_untouched()
    {
        var thrown = new InvalidOperationException();
        var middleware = new ProblemMiddleware(Some.Outages(), Some.FailedRequests(), _logger);
        Assert.Same(
            thrown,
            await Assert.ThrowsAsync<InvalidOperationException>(
            () => middleware.Invoke(new FakeFunctionContext(), _ => throw thrown)));
        Assert.Empty(_logger.Lines);
    }

    HttpAnswer Answer => HttpCall.Answer(_http);

    async Task RunAsync(
        Func<Microsoft.Azure.Functions.Worker.FunctionContext, Task> function,
        CancellationToken cancellationToken = default) =>
        await new ProblemMiddleware(Some.Outages(), _failed, _logger).Invoke(
            new FakeFunctionContext(_http, cancellationToken: cancellationToken), context => function(context));
}
