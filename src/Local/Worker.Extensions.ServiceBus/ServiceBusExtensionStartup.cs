using Grpc.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Azure.ServiceBus.Grpc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

[assembly: WorkerExtensionStartup(typeof(ServiceBusExtensionStartup))]

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Registers the client that settles messages. The worker finds this class by itself.</summary>
public sealed class ServiceBusExtensionStartup : WorkerExtensionStartup
{
    // What the host gives its worker on the command line, where the worker puts it:
    // https://github.com/Azure/azure-functions-dotnet-worker/tree/main/src/DotNetWorker.Grpc
    const string HostEndpoint = "Functions:Worker:HostEndpoint";
    const string MessageLength = "Functions:Worker:GrpcMaxMessageLength";

    /// <inheritdoc/>
    public override void Configure(IFunctionsWorkerApplicationBuilder applicationBuilder)
    {
        ArgumentNullException.ThrowIfNull(applicationBuilder);
        applicationBuilder.Services
            .AddTransient(services =>
                new Settlement.SettlementClient(services.GetRequiredService<CallInvokerExtractor>().CallInvoker))
            .AddGrpcClient<CallInvokerExtractor>((services, client) =>
            {
                var settings = services.GetRequiredService<IConfiguration>();
                client.Address = settings.GetValue<Uri>(HostEndpoint)
                    ?? throw new InvalidOperationException(
                        "The worker was started without its host's address: start it through a Functions host.");
                if (settings.GetValue<int?>(MessageLength) is { } length)
                {
                    client.ChannelOptionsActions
                        .Add(channel => channel.MaxReceiveMessageSize = channel.MaxSendMessageSize = length);
                }
            });
    }

    /// <summary>
    /// Stands for the channel to the host. Its name is the real extension's, since it is the category of what its calls
    /// log.
    /// </summary>
    internal sealed class CallInvokerExtractor(CallInvoker callInvoker)
    {
        public CallInvoker CallInvoker => callInvoker;
    }
}
