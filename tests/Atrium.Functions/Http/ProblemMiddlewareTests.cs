using System.Net;
using Atrium.Functions.Http;
using Atrium.Functions.Tests.Egress;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.Http;

public sealed class ProblemMiddlewareTests
{
    readonly RecordingLogger<ProblemMiddleware> _logger = new();
    readonly HttpContext _http = HttpCall.Context();

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

    [Fact]
    public async Task With_service_bus_gone_a_minutes_requests_are_one_line()
    {
        var log = new PrintedLog();
        var gone = new ServiceBusException("Gone.", ServiceBusFailureReason.ServiceCommunicationProblem);
        var middleware = new ProblemMiddleware(log.Outages(), log.Of<ProblemMiddleware>());
        for (var request = 0; request < 1_200; request++)
        {
            await middleware.Invoke(new FakeFunctionContext(HttpCall.Context()), _ => throw gone);
        }

        var line = Assert.Single(log.Lines);
        Assert.StartsWith(
            "Service Bus fails: ServiceBusException: Gone. (ServiceCommunicationProblem)", line,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_503_that_no_outage_explains_is_a_line_with_its_trace_and_without_a_stack()
    {
        await RunAsync(_ => throw new RequestFailedException(409, "Somebody is at it.\nAnd more", "Changed", null));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, Answer.Status);
        Assert.Equal(
            "Error: Ingest: a dependency failed; answered 503, trace (null): 409 Changed: Somebody is at it",
            Assert.Single(_logger.Lines));
    }

    [Theory]
    [MemberData(nameof(OfOurs))]
    public async Task A_bug_is_a_500_that_tells_nothing(Exception exception)
    {
        await RunAsync(_ => throw exception);
        Assert.Equal(
            (HttpStatusCode.InternalServerError, "application/problem+json"), (Answer.Status, Answer.ContentType));
        Assert.DoesNotContain("secret", Answer.Text, StringComparison.Ordinal);
        Assert.StartsWith("Error", Assert.Single(_logger.Lines), StringComparison.Ordinal);
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

    [Fact]
    public async Task Failures_of_queue_functions_pass_through_untouched()
    {
        var thrown = new InvalidOperationException();
        var middleware = new ProblemMiddleware(Some.Outages(), _logger);
        Assert.Same(
            thrown,
            await Assert.ThrowsAsync<InvalidOperationException>(
            () => middleware.Invoke(new FakeFunctionContext(), _ => throw thrown)));
        Assert.Empty(_logger.Lines);
    }

    HttpAnswer Answer => HttpCall.Answer(_http);

    Task RunAsync(Func<Microsoft.Azure.Functions.Worker.FunctionContext, Task> function) =>
        new ProblemMiddleware(Some.Outages(), _logger)
            .Invoke(new FakeFunctionContext(_http), context => function(context));
}
