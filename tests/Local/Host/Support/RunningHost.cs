using System.Net;
using System.Text;
using System.Text.Json;
using Atrium.Processes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Host.Tests.Support;

/// <summary>A host that is ready, with its worker, and what a test does with them.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    readonly HostSetup _setup;

    RunningHost(HostSetup setup, ChildProcess process)
    {
        (_setup, Process) = (setup, process);
        Http = new() { BaseAddress = Running.GetProperty("http").Deserialize<Uri>(), Timeout = Patience.Limit };
        ServiceBus = new(Running.GetProperty("serviceBus").GetString());
    }

    public ChildProcess Process { get; }

    public HttpClient Http { get; }

    public ServiceBusClient ServiceBus { get; }

    /// <summary>What the host says of itself for programs.</summary>
    public JsonElement Running => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(_setup.RunningFile));

    public int WorkerProcess => Running.GetProperty("workerProcess").GetInt32();

    /// <param name="configure">What is otherwise than by default.</param>
    /// <param name="arguments">Further arguments.</param>
    public static async Task<RunningHost> StartAsync(Action<HostSetup>? configure = null, params string[] arguments)
    {
        var setup = new HostSetup { Arguments = arguments };
        configure?.Invoke(setup);
        var process = setup.Start();
        await (setup.Output is null
            ? process.LineAsync("Ctrl-C stops")
            : Eventually.TrueAsync(() => Task.FromResult(File.Exists(setup.RunningFile))));
        return new(setup, process);
    }

    /// <summary>Sends a message to a queue.</summary>
    public async Task SendAsync(string queue, string id, string script, Action<ServiceBusMessage>? change = null)
    {
        await using var sender = ServiceBus.CreateSender(queue);
        var message = new ServiceBusMessage("body") { MessageId = id, Subject = script };
        change?.Invoke(message);
        await sender.SendMessageAsync(message);
    }

    /// <summary>Runs a timer function now.</summary>
    public async Task RunTimerAsync(string function)
    {
        using var body = new StringContent("""{"input":""}""", Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync(new Uri($"/admin/functions/{function}", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    /// <summary>Lets the function pass that waits at the gate.</summary>
    public async Task OpenAsync(string gate)
    {
        using var answer = await Http.PostAsync(new Uri($"/api/gates/{gate}", UriKind.Relative), content: null);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await ServiceBus.DisposeAsync();
        // It does not wait for what is under way.
        await Process.InterruptUntilEndAsync();
        await Process.DisposeAsync();
        Http.Dispose();
        _setup.Dispose();
    }
}
