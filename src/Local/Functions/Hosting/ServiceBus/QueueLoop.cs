using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Invocation;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>A Service Bus function and the pump that feeds it.</summary>
internal sealed class QueueLoop : ITriggerLoop
{
    readonly FunctionMethod _method;
    readonly QueueTrigger _trigger;
    readonly QueueFunction _function;
    readonly ServiceBusClients _clients;
    readonly TimeProvider _time;
    readonly ILoggerFactory _loggers;
    QueuePump? _pump;

    /// <exception cref="HostStartException">A parameter cannot be bound.</exception>
    public QueueLoop(FunctionMethod method, QueueTrigger trigger, ServiceBusClients clients, FunctionInvoker invoker, TimeProvider time, ILoggerFactory loggers)
    {
        _method = method;
        _trigger = trigger;
        _clients = clients;
        _time = time;
        _loggers = loggers;
        _function = new(
            new(method, parameter => MessageParameters.Source(method, parameter)), trigger, invoker, time, loggers.CreateLogger<QueueFunction>());
    }

    public string Listing => $"{_method.Name}: serviceBusTrigger {_trigger.Queue}";

    public void Open() => _pump = new(
        _trigger.Receiver(_clients.For(_trigger.Connection, _method.ToString())),
        _trigger.Settings.MaxConcurrentCalls,
        _function.HandleAsync,
        _time,
        _loggers.CreateLogger<QueuePump>());

    public void Start() => _pump?.Start();

    public Task StopAsync(CancellationToken giveUp) => _pump?.StopAsync(giveUp) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _pump?.DisposeAsync() ?? ValueTask.CompletedTask;
}
