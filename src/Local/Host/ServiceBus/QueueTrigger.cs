using Atrium.Local.Host.Settings;
using Atrium.Local.Host.Worker;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.ServiceBus;

/// <summary>A Service Bus trigger as written: on the attribute, and where that is silent in host.json.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Connection">The setting that names the connection.</param>
/// <param name="AutoComplete">Whether the host completes what the function leaves unsettled.</param>
/// <param name="Settings">How the function is fed.</param>
internal sealed record QueueTrigger(string Queue, string Connection, bool AutoComplete, ServiceBusSettings Settings)
{
    public const string Trigger = "serviceBusTrigger";

    /// <exception cref="HostStartException">The attribute asks for what the local host does not do, or names a setting
    /// that is missing.</exception>
    public static QueueTrigger Read(Function function, IConfiguration settings, ServiceBusSettings serviceBus)
    {
        if (function.Text("cardinality") == "Many" || function.Flag("isSessionsEnabled") == true)
        {
            throw function.Refused(
                "the local host gives one message at a time, of queues without sessions. "
                + "Remove IsBatched and IsSessionsEnabled.");
        }

        return new(
            SettingReference.Resolve(
                function.Text("queueName") ?? "", settings, $"the queue of {function}") is var queue
                && !string.IsNullOrWhiteSpace(queue)
                ? queue
                : throw function.Refused("it names no queue. Name one in [ServiceBusTrigger(...)]."),
            SettingReference.Resolve(
                function.Text("connection") ?? ServiceBusAddress.DefaultName, settings,
                $"the connection of {function}"),
            function.Flag("autoCompleteMessages") ?? serviceBus.AutoCompleteMessages,
            serviceBus);
    }

    /// <summary>The processor that feeds the function, as the real extension makes it.</summary>
    public ServiceBusProcessor Processor(ServiceBusClient client) =>
        client.CreateProcessor(Queue, new ServiceBusProcessorOptions
        {
            AutoCompleteMessages = AutoComplete,
            MaxConcurrentCalls = Settings.MaxConcurrentCalls,
            MaxAutoLockRenewalDuration = Settings.MaxAutoLockRenewalDuration,
            PrefetchCount = Settings.PrefetchCount,
        });
}
