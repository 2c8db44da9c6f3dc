using System.Reflection;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Invocation;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>What a Service Bus function can take; its trigger is a <see cref="TriggeringMessage"/>.</summary>
internal static class MessageParameters
{
    const string Payloads = "Let it be ServiceBusReceivedMessage, string or byte[].";
    const string Others = "Take ServiceBusMessageActions, FunctionContext or CancellationToken.";

    /// <exception cref="HostStartException">The parameter cannot be bound.</exception>
    public static ParameterSource Source(FunctionMethod function, ParameterInfo parameter) => parameter == function.TriggerParameter
        ? Payload(parameter.ParameterType) ?? throw function.CannotBind(parameter, Payloads)
        : Other(parameter) ?? throw function.CannotBind(parameter, Others);

    static ParameterSource? Payload(Type type) => type switch
    {
        _ when type == typeof(ServiceBusReceivedMessage) => static (_, trigger) => ((TriggeringMessage)trigger).Message,
        _ when type == typeof(string) => static (_, trigger) => ((TriggeringMessage)trigger).Message.Body.ToString(),
        _ when type == typeof(byte[]) => static (_, trigger) => ((TriggeringMessage)trigger).Message.Body.ToArray(),
        _ => null,
    };

    static ParameterSource? Other(ParameterInfo parameter) => parameter.ParameterType == typeof(ServiceBusMessageActions)
        ? static (_, trigger) => ((TriggeringMessage)trigger).Actions
        : CommonParameters.Source(parameter);
}
