using System.Reflection;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>A Service Bus trigger as written: on the attribute, and where that is silent in host.json.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Connection">The setting that names the connection.</param>
/// <param name="AutoComplete">Whether the host completes what the function leaves unsettled.</param>
/// <param name="Settings">How the function is fed.</param>
internal sealed record QueueTrigger(string Queue, string Connection, bool AutoComplete, ServiceBusSettings Settings)
{
    /// <exception cref="HostStartException">The attribute asks for what the local host does not do, or names a setting that is missing.</exception>
    public static QueueTrigger Read(FunctionMethod function, IConfiguration settings, ServiceBusSettings serviceBus)
    {
        var trigger = (ServiceBusTriggerAttribute)function.Trigger;
        if (trigger.IsBatched || trigger.IsSessionsEnabled)
        {
            throw function.Refused("the local host gives one message at a time, of queues without sessions. Remove IsBatched and IsSessionsEnabled.");
        }

        return new(
            SettingReference.Resolve(trigger.QueueName ?? "", settings, $"the queue of {function}") is { Length: > 0 } queue
                ? queue
                : throw function.Refused("it names no queue. Name one in [ServiceBusTrigger(...)]."),
            SettingReference.Resolve(trigger.Connection ?? ServiceBusAddress.DefaultName, settings, $"the connection of {function}"),
            Writes(function.TriggerParameter, nameof(ServiceBusTriggerAttribute.AutoCompleteMessages)) ? trigger.AutoCompleteMessages : serviceBus.AutoCompleteMessages,
            serviceBus);
    }

    public ServiceBusReceiver Receiver(ServiceBusClient client) => client.CreateReceiver(Queue, new ServiceBusReceiverOptions { PrefetchCount = Settings.PrefetchCount });

    // The property alone does not tell "written false" from "not written".
    static bool Writes(ParameterInfo parameter, string property) => parameter.GetCustomAttributesData()
        .Where(attribute => attribute.AttributeType == typeof(ServiceBusTriggerAttribute))
        .Any(attribute => attribute.NamedArguments.Any(argument => argument.MemberName == property));
}
