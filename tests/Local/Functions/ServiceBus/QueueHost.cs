using Atrium.Local.Functions.Tests.Support;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Local.Functions.Tests.ServiceBus;

/// <summary>A host with one Service Bus function over a fake queue.</summary>
static class QueueHost
{
    public static Task<RunningHost> StartAsync(
        Type function, FakeReceiver receiver, TimeProvider time, string serviceBus = "{}", Script? script = null, Action<FunctionsApplicationBuilder>? configure = null) =>
        StartAsync(function, new FakeServiceBus(receiver), time, serviceBus, script, configure);

    public static Task<RunningHost> StartAsync(
        Type function, FakeServiceBus client, TimeProvider time, string serviceBus = "{}", Script? script = null, Action<FunctionsApplicationBuilder>? configure = null) =>
        RunningHost.StartAsync(
            [function],
            builder =>
            {
                builder.Configuration["Bus"] = "a connection string";
                builder.Services.AddSingleton(time).AddSingleton(script ?? new Script()).AddSingleton<OpenServiceBus>((_, _) => client);
                configure?.Invoke(builder);
            },
            hostJson: $$"""{ "extensions": { "serviceBus": {{serviceBus}} } }""");
}
