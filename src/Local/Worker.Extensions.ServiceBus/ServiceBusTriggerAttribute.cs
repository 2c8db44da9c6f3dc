using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Starts a function by a message of a Service Bus queue, or of a topic's subscription.</summary>
[ConverterFallbackBehavior(ConverterFallbackBehavior.Default)]
[InputConverter(typeof(ServiceBusReceivedMessageConverter))]
public sealed class ServiceBusTriggerAttribute : TriggerBindingAttribute, ISupportCardinality
{
    bool _isBatched;

    /// <summary>Names a queue.</summary>
    /// <param name="queueName">The queue, or <c>%Setting%</c>, the setting that holds its name.</param>
    public ServiceBusTriggerAttribute(string queueName) => QueueName = queueName;

    /// <summary>Names a topic's subscription. The local host refuses such a function when it starts.</summary>
    /// <param name="topicName">The topic, or <c>%Setting%</c>.</param>
    /// <param name="subscriptionName">Its subscription, or <c>%Setting%</c>.</param>
    public ServiceBusTriggerAttribute(string topicName, string subscriptionName) =>
        (TopicName, SubscriptionName) = (topicName, subscriptionName);

    /// <summary>The queue as written.</summary>
    public string? QueueName { get; }

    /// <summary>The topic as written.</summary>
    public string? TopicName { get; }

    /// <summary>The topic's subscription as written.</summary>
    public string? SubscriptionName { get; }

    /// <summary>
    /// The setting that holds the connection string, or the prefix of the settings that hold the namespace
    /// (<c>{Connection}__fullyQualifiedNamespace</c>); null means <c>AzureWebJobsServiceBus</c>.
    /// </summary>
    public string? Connection { get; set; }

    /// <summary>Whether the queue has sessions. The local host refuses such a function when it starts.</summary>
    public bool IsSessionsEnabled { get; set; }

    /// <summary>
    /// Whether the function takes several messages at once. The local host refuses such a function when it starts.
    /// </summary>
    [Extensions.Abstractions.DefaultValue(false)]
    public bool IsBatched { get => _isBatched; set => _isBatched = value; }

    /// <summary>
    /// Whether the host completes a message when the function has returned without settling it. When it is not written,
    /// host.json's <c>extensions.serviceBus.autoCompleteMessages</c> decides, and without that it is true.
    /// </summary>
    public bool AutoCompleteMessages { get; set; }

    Cardinality ISupportCardinality.Cardinality
    {
        get => _isBatched ? Cardinality.Many : Cardinality.One;
        set => _isBatched = value == Cardinality.Many;
    }
}
