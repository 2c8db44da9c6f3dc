using Atrium.Local.Functions.Tests.Support;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Atrium.Local.Functions.Tests.ServiceBus;

public sealed class QueuePumpTests : IDisposable
{
    readonly SteppedTime _time = new();
    readonly FakeReceiver _queue;

    public QueuePumpTests() => _queue = new(_time);

    // Whatever a test did: its host has closed the receiver.
    public void Dispose() => Assert.True(_queue.Closed);

    [Fact]
    public async Task Runs_as_many_at_a_time_as_host_json_allows_and_no_more()
    {
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), _queue, _time, """{ "maxConcurrentCalls": 3, "prefetchCount": 0 }""", script);
        for (var i = 0; i < 5; i++)
        {
            _queue.Send($"{i}");
        }

        Script.Call[] running = [await script.NextAsync(), await script.NextAsync(), await script.NextAsync()];
        Assert.False(script.AnyCall);
        Assert.Equal(3, _queue.Asked.First());

        running[1].End.SetResult();
        var fourth = await script.NextAsync();
        Assert.False(script.AnyCall);
        foreach (var call in new[] { running[0], running[2], fourth, })
        {
            call.End.SetResult();
        }

        (await script.NextAsync()).End.SetResult();
    }

    [Fact]
    public async Task An_outage_is_told_once_and_ends_by_itself()
    {
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), _queue, _time);
        _queue.Fail(new ServiceBusException("away", ServiceBusFailureReason.ServiceCommunicationProblem));
        await host.Logs.WaitForAsync("The queue visits cannot be received from");
        _queue.Fail(new ServiceBusException("still away", ServiceBusFailureReason.ServiceCommunicationProblem));
        await _time.PassAsync(TimeSpan.FromSeconds(1));
        await _time.BegunAsync(TimeSpan.FromSeconds(2));
        _queue.Send("a");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("complete a", await _queue.ToldAsync());
        await host.Logs.WaitForAsync("The queue visits is received from again.");
        Assert.Single(host.Logs.Lines, line => line.Contains("cannot be received from", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_payload_may_be_a_text_or_bytes()
    {
        await using (await QueueHost.StartAsync(typeof(QueueFunctions.Texts), _queue, _time))
        {
            _queue.Send("a");
            Assert.Equal("body of a", await QueueFunctions.Texts.Text.Task.Soon());
        }

        await using (await QueueHost.StartAsync(typeof(QueueFunctions.Bytes), _queue, _time))
        {
            _queue.Send("b");
            Assert.Equal("body of b"u8.ToArray(), await QueueFunctions.Texts.Bytes.Task.Soon());
        }
    }

    [Theory]
    [InlineData("Diagnostic-Id")]
    [InlineData("traceparent")]
    public async Task The_trace_of_the_sender_is_the_invocations(string property)
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        var script = new Script();
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), _queue, _time, script: script);
        _queue.Send("a", (property, Parent));
        var call = await script.NextAsync();
        Assert.Equal(Parent, call.Context.TraceContext.TraceParent);
        Assert.Equal("serviceBusTrigger", call.Context.FunctionDefinition.InputBindings["message"].Type);
        Assert.Null(call.Context.GetHttpContext());
        Assert.Equal("a", call.Context.BindingContext.BindingData["MessageId"]);
    }

    [Fact]
    public async Task What_the_app_starts_runs_before_the_first_pull_and_after_the_last_function()
    {
        var script = new Script { Held = true };
        var client = new FakeServiceBus(_queue);
        var service = new Watching(_queue, client);
        _queue.Send("a");
        await using var host = await QueueHost.StartAsync(
            typeof(QueueFunctions.Auto), client, _time, script: script, configure: builder => builder.Services.AddSingleton<IHostedService>(service));
        var call = await script.NextAsync();
        Assert.Equal(0, service.AskedAtStart);

        var stopping = host.Host.StopAsync();
        call.End.SetResult();
        await stopping.Soon();
        Assert.Equal(["complete a"], service.SettledAtStop);
        Assert.True(service.ClosedAtStop);
        Assert.False(script.AnyCall);
    }

    [Fact]
    public async Task What_arrives_while_the_host_stops_is_given_back()
    {
        var script = new Script();
        _queue.ArrivesAtTheEnd = "late";
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), _queue, _time, script: script);
        await _queue.Pulling.Soon();
        await host.Host.StopAsync().Soon();
        Assert.Equal(["abandon late"], _queue.Settled);
        Assert.False(script.AnyCall);
    }

    [Fact]
    public async Task Stopping_waits_for_functions_whose_locks_are_renewed_meanwhile()
    {
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), _queue, _time, """{ "maxConcurrentCalls": 1 }""", script);
        _queue.Send("a");
        var call = await script.NextAsync();

        // The renewal waits half a minute; so long the stop may take, too, before it loses patience: let the lock be shorter.
        await _time.BegunAsync(TimeSpan.FromSeconds(30));
        var stopping = host.Host.StopAsync();
        await _time.BegunAsync(FunctionsHost.DrainTime);
        Assert.False(stopping.IsCompleted);
        Assert.False(call.Context.CancellationToken.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.Context.CancellationToken.IsCancellationRequested);
        call.End.SetResult();
        await stopping.Soon();
        Assert.Equal(["complete a"], _queue.Settled);
        Assert.True(_queue.Closed);
    }

    [Fact]
    public async Task When_the_patience_ends_the_tokens_are_cancelled_and_the_messages_given_back()
    {
        var script = new Script
        {
            Do = async (_, _, context) =>
            {
                var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var registration = context.CancellationToken.Register(cancelled.SetResult);
                await cancelled.Task;
                context.CancellationToken.ThrowIfCancellationRequested();
            },
        };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Manual), _queue, _time, script: script);
        _queue.Send("a");
        await script.NextAsync();
        var stopping = host.Host.StopAsync();
        await _time.BegunAsync(FunctionsHost.DrainTime + FunctionsHost.GraceTime);
        _time.Advance(FunctionsHost.DrainTime);
        await stopping.Soon();
        Assert.Equal(["abandon a"], _queue.Settled);
    }

    [Fact]
    public async Task A_function_that_does_not_heed_its_token_is_left_behind()
    {
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Manual), _queue, _time, script: script);
        _queue.Send("a");
        var call = await script.NextAsync();
        var stopping = host.Host.StopAsync();
        await _time.BegunAsync(FunctionsHost.DrainTime + FunctionsHost.GraceTime);
        _time.Advance(FunctionsHost.DrainTime + FunctionsHost.GraceTime);
        await stopping.Soon();
        Assert.True(call.Context.CancellationToken.IsCancellationRequested);
        await host.Logs.WaitForAsync("they are left behind");
        call.End.SetResult();
    }

    sealed class Watching(FakeReceiver queue, FakeServiceBus client) : IHostedService
    {
        public int AskedAtStart { get; private set; } = -1;

        public string[] SettledAtStop { get; private set; } = [];

        public bool ClosedAtStop { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            AskedAtStart = queue.Asked.Count;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            SettledAtStop = [.. queue.Settled];
            ClosedAtStop = queue.Closed && client.Closed;
            return Task.CompletedTask;
        }
    }
}
