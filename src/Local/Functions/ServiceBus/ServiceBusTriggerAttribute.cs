using System.ComponentModel;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function by a message on a Service Bus queue.</summary>
/// <param name="queueName">The queue, or <c>%Setting%</c>, the setting that holds its name.</param>
public sealed class ServiceBusTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    /// <summary>The queue as written.</summary>
    public string? QueueName { get; } = queueName;

    /// <summary>
    /// The setting that holds the connection string, or the prefix of the settings that hold the namespace
    /// (<c>{Connection}__fullyQualifiedNamespace</c>); null means <c>AzureWebJobsServiceBus</c>.
    /// </summary>
    public string? Connection { get; set; }

    /// <summary>Whether the queue has sessions. The local host refuses such a function when it starts.</summary>
    public bool IsSessionsEnabled { get; set; }

    /// <summary>Whether the function takes several messages at once. The local host refuses such a function when it starts.</summary>
    [DefaultValue(false)]
    public bool IsBatched { get; set; }

    /// <summary>
    /// Whether the host completes a message when the function has returned without settling it. When it is not written, host.json's
    /// <c>extensions.serviceBus.autoCompleteMessages</c> decides, and without that it is true.
    /// </summary>
    public bool AutoCompleteMessages { get; set; }
}
