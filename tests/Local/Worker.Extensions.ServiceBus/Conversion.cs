using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Core;

namespace Atrium.Local.Worker.Extensions.ServiceBus.Tests;

/// <summary>A parameter that is to be made, as the worker asks for it.</summary>
sealed class Conversion(Type target, object? source = null) : ConverterContext
{
    public override Type TargetType => target;
    public override object? Source => source;
    public override FunctionContext FunctionContext => throw new NotSupportedException();
    public override IReadOnlyDictionary<string, object> Properties { get; } = new Dictionary<string, object>();

    /// <summary>What the host sends for one message.</summary>
    public sealed class Data(
        byte[] content,
        string source = "AzureServiceBusReceivedMessage",
        string contentType = "application/octet-stream")
        : ModelBindingData
    {
        public override string Version => "1.0";
        public override string Source => source;
        public override BinaryData Content { get; } = BinaryData.FromBytes(content);
        public override string ContentType => contentType;
    }

    /// <summary>What the host sends for several.</summary>
    public sealed class ManyData(params ModelBindingData[] data) : CollectionModelBindingData
    {
        public override ModelBindingData[] ModelBindingData => data;
    }
}
