using System.Net;
using System.Reflection;
using System.Text.Json;
using Atrium.Functions.Messaging;
using Atrium.Functions.Operations;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Moq;

namespace Atrium.Functions.Tests.Operations;

public sealed class HealthTests : IAsyncDisposable
{
    readonly SteppedTime _time = new(Some.Time);
    readonly PeekedServiceBus _serviceBus = new();
    readonly FakeTables _tables = new();
    readonly FakeVault _vault = new();
    readonly PrintedLog _log = new();
    HealthCheck? _dependencies;
    BlobContainerClient? _backups;

    public static TheoryData<Exception, string> Failures => new()
    {
        { new RequestFailedException(403, "https://secret.example"), "role" },
        { new RequestFailedException(401, "https://secret.example"), "role" },
        { new UnauthorizedAccessException("https://secret.example"), "role" },
        { new AuthenticationFailedException("https://secret.example"), "identity" },
        { new RequestFailedException(500, "https://secret.example"), "500" },
        { new RequestFailedException(0, "https://secret.example"), "network" },
        { new HttpRequestException("https://secret.example"), "network" },
        { new ServiceBusException("https://secret.example", ServiceBusFailureReason.MessagingEntityNotFound),
            "no such queue" },
        { new ServiceBusException("https://secret.example", ServiceBusFailureReason.ServiceBusy), "ServiceBusy" },
    };

    [Fact]
    public async Task When_all_answer_it_is_a_200_that_names_each()
    {
        var answer = await AskAsync();

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(
            [.. Queues.All.Select(queue => $"queue {queue}"), "tables", "key vault"],
            Of(answer).Select(one => one.GetProperty("name").GetString()));
        Assert.All(Of(answer), one => Assert.True(one.GetProperty("healthy").GetBoolean()));
        Assert.Empty(_log.Lines);
    }

    // A deployment waits for it: without it the version before would pass for the new one.
    [Fact]
    public async Task A_200_names_the_commit_that_the_app_was_built_from()
    {
        var built = typeof(HealthView).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!;
        Assert.Equal(
            HealthView.CommitOf(built.InformationalVersion), (await AskAsync()).Json.GetProperty("commit").GetString());
    }

    // The sources of a release may be an archive.
    [Theory]
    [InlineData("1.0.0+c3927b431cc120de55e38c95a22f6318a8dbfc26", "c3927b431cc120de55e38c95a22f6318a8dbfc26")]
    [InlineData("1.0.0", null)]
    [InlineData(null, null)]
    public void The_commit_is_what_the_SDK_puts_behind_the_version_and_nothing_outside_git(
        string? version, string? commit) =>
        Assert.Equal(commit, HealthView.CommitOf(version));

    [Fact]
    public async Task Each_is_really_asked_each_time_and_its_link_is_kept()
    {
        await AskAsync();
        await AskAsync();

        Assert.Equal(Queues.All.Concat(Queues.All).Order(), _serviceBus.Peeked.Order());
        Assert.Equal(Queues.All.Count, _serviceBus.Receivers);
        Assert.Equal(["query", "query"], _tables.Calls);
        Assert.Equal(2, _vault.Reads);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task One_that_fails_is_a_503_that_says_what_to_do_without_addresses(Exception failure, string said)
    {
        _serviceBus.Peek = (queue, _) => queue == Queues.Jobs ? throw failure : Task.CompletedTask;

        var answer = await AskAsync();

        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal("Not well: queue jobs.", answer.Json.GetProperty("detail").GetString());
        var ill = Assert.Single(Of(answer), one => !one.GetProperty("healthy").GetBoolean());
        Assert.Contains(said, ill.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("secret", StringComparison.Ordinal));
        Assert.InRange(_log.Lines.Count, 0, 1);
    }

    [Fact]
    public async Task Tables_and_vault_that_fail_are_seen_as_well()
    {
        _tables.Outage = Outages.Unavailable;
        _vault.Outage = Outages.Unavailable;

        Assert.Equal("Not well: tables, key vault.", (await AskAsync()).Json.GetProperty("detail").GetString());
    }

    // As from a web server that an address leads to by mistake: what is missing there are not the rows.
    [Fact]
    public async Task A_404_that_is_not_the_services_own_word_is_an_illness()
    {
        _tables.Outage = _vault.Outage = () => new RequestFailedException(404, "Not Found");

        var answer = await AskAsync();

        Assert.Equal("Not well: tables, key vault.", answer.Json.GetProperty("detail").GetString());
        Assert.Contains("It answered with status 404.", answer.Text, StringComparison.Ordinal);
    }

    // Locally there is no container, so nobody asks for one.
    [Theory]
    [InlineData(403, "The app is not allowed in.")]
    [InlineData(404, "It answered with status 404.")]
    public async Task The_container_of_the_backups_is_asked_where_there_is_one(int status, string said)
    {
        var container = new Mock<BlobContainerClient>();
        container
            .Setup(it => it.GetPropertiesAsync(It.IsAny<BlobRequestConditions>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new RequestFailedException(status, "No."));
        _backups = container.Object;

        var ill = Assert.Single(Of(await AskAsync()), one => !one.GetProperty("healthy").GetBoolean());
        Assert.Equal("backups", ill.GetProperty("name").GetString());
        Assert.StartsWith(said, ill.GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_does_not_answer_is_given_up_after_three_seconds_and_holds_up_nobody()
    {
        var never = new TaskCompletionSource();
        _serviceBus.Peek = (queue, _) => queue == Queues.Deliveries ? never.Task : Task.CompletedTask;

        var asking = AskAsync();
        while (!asking.IsCompleted && _time.GetUtcNow() < Some.Time + HealthProbe.Patience)
        {
            await _time.SkipAsync();
        }

        var answer = await asking;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        var late = Assert.Single(Of(answer), one => !one.GetProperty("healthy").GetBoolean());
        Assert.Equal(HealthProbe.Patience.TotalMilliseconds, late.GetProperty("durationMs").GetDouble());
        Assert.Contains("3 s", late.GetProperty("problem").GetString(), StringComparison.Ordinal);
        var line = Assert.Single(_log.Lines);
        Assert.StartsWith(
            "Service Bus fails: TimeoutException: No answer within 3 s. While", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_are_asked_at_the_same_time()
    {
        var begun = new TaskCompletionSource();
        _serviceBus.Peek = (_, _) =>
        {
            if (_serviceBus.Peeked.Count == Queues.All.Count)
            {
                begun.SetResult();
            }

            // None ends before all have begun.
            return begun.Task;
        };

        Assert.Equal(HttpStatusCode.OK, (await AskAsync()).Status);
    }

    [Fact]
    public async Task A_caller_that_went_away_is_no_illness()
    {
        _serviceBus.Peek = (_, stopping) => Task.FromCanceled(stopping);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(new CancellationToken(canceled: true)));
        Assert.Empty(_log.Lines);
    }

    public ValueTask DisposeAsync() => _serviceBus.DisposeAsync();

    async Task<HttpAnswer> AskAsync(CancellationToken cancellationToken = default)
    {
        var probe = new HealthProbe(_time, _log.Outages(), _log.Of<HealthProbe>());
        _dependencies ??= new HealthCheck(
            new QueueReceivers(_serviceBus), _tables, _vault, new BackupContainer(_backups), probe);
        var request = HttpCall.Of("GET", "/api/health");
        return await HttpCall.AnswerAsync(
            request, new GetHealthFunction(_dependencies).RunAsync(request, cancellationToken));
    }

    static List<JsonElement> Of(HttpAnswer answer) => [.. answer.Json.GetProperty("dependencies").EnumerateArray()];
}
