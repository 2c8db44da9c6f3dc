using System.Reflection;
using Atrium.Local.ApiSurface.Tests.Printing;
using Atrium.Local.ApiSurface.Tests.Reading;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Local.ApiSurface.Tests;

/// <summary>An assembly of ours that stands in for real packages, and the listing of those.</summary>
internal sealed record StandIn(Assembly Assembly, Listing Listing)
{
    public static StandIn ServiceBus { get; } = new(typeof(ServiceBusClient).Assembly, Listing.ServiceBus);

    public static StandIn Functions { get; } = new(typeof(FunctionContext).Assembly, Listing.Functions);

    public static IReadOnlyList<string> Names { get; } = [nameof(ServiceBus), nameof(Functions)];

    public IReadOnlyList<SurfaceType> Types { get; } = Surface.Of(Assembly, Listing.TellsNullability);

    public static StandIn Named(string name) => name switch
    {
        nameof(ServiceBus) => ServiceBus,
        nameof(Functions) => Functions,
        _ => throw new ArgumentException($"There is no stand-in named {name}: name {nameof(ServiceBus)} or {nameof(Functions)}.", nameof(name)),
    };
}
