using System.Net;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// A read of the vault that ended in a cancellation stayed in the cache for an hour after its last use, and silenced
/// the subscription on that instance until it ended: the cache let go of what had failed, and a cancelled task has not.
/// The Azure clients end in a cancellation when their last try timed out. The cache of subscriptions did the same.
/// </summary>
public sealed class B1CancelledReadTests : IDisposable
{
    static readonly SigningReferences References = new(new SecretReference("webhook-x", "v1"), []);

    readonly FakeVault _vault = new();
    readonly FakeTables _tables = new();
    readonly SteppedTime _time = new(Some.Time);
    readonly SigningKeys _keys;
    readonly HeaderValues _headers;
    readonly SubscriptionCache _subscriptions;

    public B1CancelledReadTests()
    {
        _keys = new SigningKeys(Some.VaultOf(_vault), Some.Metrics(), _time, NullLogger<SigningKeys>.Instance);
        _headers = new HeaderValues(Some.VaultOf(_vault), Some.Metrics(), _time);
        _subscriptions = new SubscriptionCache(Some.Store(_tables), Some.Metrics(), _time);
    }

    public static TheoryData<string> Failures => [.. Kinds.Keys];

    static readonly Dictionary<string, Func<Exception>> Kinds = new()
    {
        ["cancelled task"] = () => new TaskCanceledException(),
        ["cancelled operation"] = () => new OperationCanceledException(new CancellationToken(canceled: true)),
        ["time-out"] = () => new TimeoutException(),
        ["503"] = Outages.Unavailable,
        ["several"] = () => new AggregateException(Outages.Unavailable(), new TaskCanceledException()),
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task After_one_failed_read_the_next_asks_the_vault_again(string failure)
    {
        _vault.Put("webhook-x", "v1", Some.Secret.Reveal());
        _vault.Put("headers-x", "v1", """{"X-Api-Key":"k"}""");
        _vault.Outage = Kinds[failure];
        await Assert.ThrowsAnyAsync<Exception>(() => _keys.GetAsync(References, default));
        await Assert.ThrowsAnyAsync<Exception>(() => _headers.GetAsync(new("headers-x", "v1"), default));
        _vault.Outage = null;

        Assert.Single(await _keys.GetAsync(References, default));
        Assert.Single(await _headers.GetAsync(new("headers-x", "v1"), default));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task After_one_failed_read_the_next_asks_the_table_again(string failure)
    {
        await Some.Store(_tables).AddAsync(Some.Subscription(), [], default);
        _tables.Outage = Kinds[failure];
        await Assert.ThrowsAnyAsync<Exception>(
            () => _subscriptions.FindAsync(Some.Tenant, Some.SubscriptionId, default));
        _tables.Outage = null;

        Assert.NotNull(await _subscriptions.FindAsync(Some.Tenant, Some.SubscriptionId, default));
    }

    [Fact]
    public async Task All_who_wait_see_one_failure_and_whoever_stops_waiting_ends_nobody_elses_read()
    {
        var asked = new TaskCompletionSource();
        var answers = new TaskCompletionSource();
        _vault.Put("webhook-x", "v1", Some.Secret.Reveal());
        _vault.Before = _ =>
        {
            asked.TrySetResult();
            return answers.Task;
        };
        using var stopping = new CancellationTokenSource();
        var gone = _keys.GetAsync(References, stopping.Token);
        var others = Enumerable.Range(0, 10).Select(_ => _keys.GetAsync(References, default)).ToList();
        await asked.Task.Soon();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        answers.SetException(new TaskCanceledException());

        foreach (var other in others)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        }

        Assert.Equal(1, _vault.Reads);
        _vault.Before = _ => Task.CompletedTask;
        Assert.Single(await _keys.GetAsync(References, default));
    }

    [Fact]
    public async Task The_genuine_client_whose_last_try_hangs_is_asked_again()
    {
        using var wire = new ScriptedVault(HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, null);
        // The try that hangs is waited for as long as those that are answered, however busy the machine is, may take.
        var options =
            new SecretClientOptions
            {
                Transport = new HttpClientTransport(wire),
                Retry = { MaxRetries = 2, Delay = TimeSpan.Zero, NetworkTimeout = TimeSpan.FromSeconds(5) }
            };
        var client = new SecretClient(new Uri("https://vault.example/"), new NoToken(), options);
        using var keys = new SigningKeys(
            Some.VaultOf(client), Some.Metrics(), _time, NullLogger<SigningKeys>.Instance);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => keys.GetAsync(References, default));

        Assert.Single(await keys.GetAsync(References, default));
        Assert.Equal(4, wire.Requests);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _headers.Dispose();
        _subscriptions.Dispose();
    }

    // Statuses in turn, null for no answer at all, then the secret.
    sealed class ScriptedVault(params HttpStatusCode?[] script) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Requests < script.Length)
            {
                if (script[Requests++] is { } status)
                {
                    return new HttpResponseMessage(status) { RequestMessage = request };
                }

                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            Requests++;
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                RequestMessage = request,
                Content = new StringContent(
                    $$"""{"value":"{{Some.Secret.Reveal()}}","id":"https://vault.example/secrets/webhook-x/v1"}""",
                    System.Text.Encoding.UTF8, "application/json"),
            };
        }
    }

    sealed class NoToken : TokenCredential
    {
        public override AccessToken GetToken(
            TokenRequestContext requestContext, CancellationToken cancellationToken) => new(
            "t", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
