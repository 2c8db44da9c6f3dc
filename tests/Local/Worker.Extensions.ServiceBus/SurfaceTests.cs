using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Atrium.Local.Worker.Extensions.ServiceBus.Tests;

public sealed class SurfaceTests
{
    static readonly Assembly StandIn = typeof(ServiceBusTriggerAttribute).Assembly;

    [Fact]
    public void It_has_the_names_and_signatures_of_the_real_extension_and_nothing_more() => Assert.Equal(
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "surface.approved.txt"))
            .Where(line => !line.StartsWith('#')),
        Surface.Of(StandIn));

    [Fact]
    public void It_has_the_real_ones_assembly_name_and_says_what_it_is()
    {
        Assert.Equal("Microsoft.Azure.Functions.Worker.Extensions.ServiceBus", StandIn.GetName().Name);
        var said = StandIn.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "StandIn").Value;
        Assert.Equal("Atrium.Local.Worker.Extensions.ServiceBus", said);
    }

    [Fact]
    public void The_worker_finds_its_startup() =>
        Assert.Equal(
            typeof(ServiceBusExtensionStartup),
            StandIn.GetCustomAttribute<WorkerExtensionStartupAttribute>()!.StartupType);

    // With it the Sdk would ask the package source for Microsoft's extension of the host.
    [Fact]
    public void It_names_no_package_for_the_host() =>
        Assert.Empty(StandIn.GetCustomAttributes<ExtensionInformationAttribute>());

    [Fact]
    public void A_trigger_is_for_one_message_unless_it_is_batched()
    {
        ISupportCardinality one = new ServiceBusTriggerAttribute("q");
        ISupportCardinality many = new ServiceBusTriggerAttribute("q") { IsBatched = true };
        Assert.Equal((Cardinality.One, Cardinality.Many), (one.Cardinality, many.Cardinality));
    }

    [Fact]
    public void A_trigger_keeps_what_it_is_given()
    {
        var (ofQueue, ofTopic) = (new ServiceBusTriggerAttribute("q"), new ServiceBusTriggerAttribute("t", "s"));
        Assert.Equal(("q", null, null), (ofQueue.QueueName, ofQueue.TopicName, ofTopic.QueueName));
        Assert.Equal(("t", "s"), (ofTopic.TopicName, ofTopic.SubscriptionName));
    }
}
