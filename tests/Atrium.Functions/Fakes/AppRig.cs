using System.Net;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Egress;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// The app as its host wires it, but for what is outside of it: Azure's services are in memory, the clock stands still,
/// and chance adds nothing. No name leads to this machine or out of it.
/// </summary>
class AppRig : IAsyncDisposable, IDisposable
{
    readonly ServiceProvider _services;

    /// <param name="settings">The app's settings; those that are not there have their defaults.</param>
    /// <param name="replace">Registers what stands in for more of the app.</param>
    public AppRig(
        IEnumerable<KeyValuePair<string, string?>>? settings = null, Action<IServiceCollection>? replace = null)
    {
        Tables = new FakeTables(Journal);
        Vault = new FakeVault(Journal, Time);
        Bus = new FakeBus(Time, Journal);
        Actions = new RecordingActions(Journal);
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(
                new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build())
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(Logged)))
            .AddAtrium()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(Some.NoJitter)
            .AddSingleton<TableServiceClient>(Tables)
            .AddSingleton<SecretClient>(Vault)
            .AddSingleton<ServiceBusClient>(Bus)
            .AddSingleton(EgressOf);
        replace?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    /// <summary>The settings with which requests may go to a <see cref="Receiver"/>.</summary>
    public static Dictionary<string, string?> ToThisMachine => new() { ["Egress:AllowLoopback"] = "true" };

    public Journal Journal { get; } = new();

    // Each index begins with looks at the ends of its queues.
    public SteppedTime Time { get; } = new(Some.Time)
    {
        PassesAtOnce = wait => wait == DeferredMessages.BetweenPeeks,
    };

    public FakeTables Tables { get; }

    public FakeVault Vault { get; }

    public FakeBus Bus { get; }

    /// <summary>How the messages were settled that a test has handed to functions.</summary>
    public RecordingActions Actions { get; }

    /// <summary>What is logged, by whomever.</summary>
    public FakeLogCollector Logged { get; } = new();

    /// <summary>One of the app's services; or one of its functions, a new one as for each invocation.</summary>
    public T Get<T>() => ActivatorUtilities.GetServiceOrCreateInstance<T>(_services);

    /// <summary>What the timer does every ten seconds; before it, what it does each minute for a lost index.</summary>
    public async Task IndexAsync()
    {
        await Get<IndexRebuild>().RebuildLostAsync(default);
        await Get<Indexing>().RunAsync(default);
    }

    public virtual ValueTask DisposeAsync() => _services.DisposeAsync();

    /// <summary>For what can only be disposed of like this: a class of tests that has the rig in a field.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    // With a clock of its own: a test that skips waits must not end a request under way.
    static EgressClient EgressOf(IServiceProvider provider) => new(
        provider.GetRequiredService<IOptions<EgressOptions>>().Value,
        new FakeTimeProvider(Some.Time),
        provider.GetRequiredService<ILogger<EgressClient>>(),
        (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.4")]));
}
