using System.Reflection;
using System.Text.Json;
using System.Xml;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Infra.Tests;

public sealed class QueueTests
{
    const string Queue = "Microsoft.ServiceBus/namespaces/queues";

    public static TheoryData<string> Files() => [.. Snapshot.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_queues_are_those_of_the_code(string file)
    {
        var queues = (await Snapshot.OfAsync(file)).OfType(Queue).ToArray();

        Assert.Equal(Queues.All.Order(), queues.Select(Name).Order());
        Assert.All(queues, queue =>
        {
            var properties = queue.GetProperty("properties");
            Assert.True(properties.GetProperty("requiresDuplicateDetection").GetBoolean());
            Assert.True(properties.GetProperty("deadLetteringOnMessageExpiration").GetBoolean());
            Assert.False(properties.GetProperty("requiresSession").GetBoolean());
            Assert.Equal(Queues.DuplicateWindow, Duration(properties, "duplicateDetectionHistoryTimeWindow"));
            Assert.Equal(new DeliveryOptions().LockDuration, Duration(properties, "lockDuration"));
            Assert.Equal(
                Name(queue) == Queues.Parked ? TimeSpan.MaxValue : Lifetime.Whole,
                Duration(properties, "defaultMessageTimeToLive"));
        });
    }

    [Fact]
    public async Task A_queue_that_a_function_listens_to_hands_out_a_message_as_often_as_the_code_says() => Assert.All(
        (await Snapshot.OfAsync("main.prod")).OfType(Queue).Where(queue => Name(queue) != Queues.Parked),
        queue => Assert.Equal(
            Queues.MaxDeliveryCount, queue.GetProperty("properties").GetProperty("maxDeliveryCount").GetInt32()));

    // A job that dies over a message counts, and so does one that is stopped or finds the subscription paused again.
    [Fact]
    public async Task What_is_parked_may_be_taken_in_vain_often() => Assert.Equal(
        100,
        (await Snapshot.OfAsync("main.prod")).OfType(Queue).Single(queue => Name(queue) == Queues.Parked)
            .GetProperty("properties").GetProperty("maxDeliveryCount").GetInt32());

    // Without the right it takes a queue whose first messages are due later for empty. And what it is refused would
    // raise the alert bus-refused.
    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_platform_may_read_the_length_of_each_queue_that_functions_listen_to_and_of_no_other(
        string file) => Assert.Equal(
            ListenedTo().Order(),
            (await Role.OfAsync(file)).Where(role => role.Name == "busOwner").Select(role => role.On).Order());

    /// <summary>The queues that functions listen to.</summary>
    internal static IEnumerable<string> ListenedTo() =>
        from type in typeof(DeliverFunction).Assembly.GetTypes()
        from method in type.GetMethods()
        from parameter in method.GetParameters()
        let trigger = parameter.GetCustomAttribute<ServiceBusTriggerAttribute>()
        where trigger is not null
        select trigger.QueueName;

    // Of a partitioned namespace every queue is partitioned, and no tier but Premium knows the property.
    [Theory]
    [InlineData("main.prod", 1, 1)]
    [InlineData("everything", 2, 2)]
    public async Task Premium_has_as_many_brokers_as_the_stage_says(string file, int partitions, int units)
    {
        var snapshot = await Snapshot.OfAsync(file);
        var bus = Assert.Single(snapshot.OfType("Microsoft.ServiceBus/namespaces"));

        Assert.Equal(
            partitions, bus.GetProperty("properties").GetProperty("premiumMessagingPartitions").GetInt32());
        Assert.Equal(units, bus.GetProperty("sku").GetProperty("capacity").GetInt32());
        Assert.All(snapshot.OfType(Queue), queue => Assert.Equal(
            partitions > 1, queue.GetProperty("properties").GetProperty("enablePartitioning").GetBoolean()));
    }

    [Fact]
    public async Task Standard_is_not_partitioned()
    {
        var snapshot = await Snapshot.OfAsync("main.dev");

        Assert.False(snapshot.Only("Microsoft.ServiceBus/namespaces")
            .TryGetProperty("premiumMessagingPartitions", out _));
        Assert.All(
            snapshot.OfType(Queue),
            queue => Assert.False(queue.GetProperty("properties").GetProperty("enablePartitioning").GetBoolean()));
    }

    // The queues do not exist anew: more units are the one thing about a namespace that changes in place.
    [Fact]
    public async Task Premium_grows_while_it_is_busy_and_shrinks_when_it_is_not()
    {
        var growth = (await Snapshot.OfAsync("main.prod")).Only("Microsoft.Insights/autoscalesettings");
        Assert.True(growth.GetProperty("enabled").GetBoolean());
        var profile = growth.GetProperty("profiles")[0];
        var capacity = profile.GetProperty("capacity");
        Assert.Equal("1", capacity.GetProperty("minimum").GetString());
        Assert.Equal("4", capacity.GetProperty("maximum").GetString());
        Assert.Equal(
            ["Increase GreaterThan 70", "Decrease LessThan 20"],
            profile.GetProperty("rules").EnumerateArray().Select(rule =>
            {
                var (trigger, action) = (rule.GetProperty("metricTrigger"), rule.GetProperty("scaleAction"));
                Assert.Equal("NamespaceCpuUsage", trigger.GetProperty("metricName").GetString());
                Assert.Equal("ServiceAllowedNextValue", action.GetProperty("type").GetString());
                return $"{action.GetProperty("direction")} {trigger.GetProperty("operator")} "
                    + $"{trigger.GetProperty("threshold")}";
            }));

        // After the first of two steps it waits: from 1 to 2, and from 2 to 4.
        var more = profile.GetProperty("rules")[0];
        Assert.Equal(
            TimeSpan.FromMinutes(15),
            Duration(more.GetProperty("metricTrigger"), "timeWindow")
                + Duration(more.GetProperty("scaleAction"), "cooldown"));
        Assert.Matches(
            @"from\s+1\s+unit\s+to\s+4\s+takes\s+about\s+a\s+quarter\s+of\s+an\s+hour",
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md")));

        Assert.Empty((await Snapshot.OfAsync("main.dev")).OfType("Microsoft.Insights/autoscalesettings"));
    }

    // Azure deletes nothing that a template no longer has: the rule of a deployment before would go on.
    [Fact]
    public async Task Premium_that_is_not_to_grow_has_a_rule_that_is_off()
    {
        var growth = (await Snapshot.OfAsync("static")).Only("Microsoft.Insights/autoscalesettings");
        var capacity = growth.GetProperty("profiles")[0].GetProperty("capacity");

        Assert.False(growth.GetProperty("enabled").GetBoolean());
        // Azure refuses a maximum below the minimum.
        Assert.Equal("8", capacity.GetProperty("minimum").GetString());
        Assert.Equal("8", capacity.GetProperty("maximum").GetString());
    }

    [Theory]
    [InlineData("main.dev", "OperationalLogs, DiagnosticErrorLogs")]
    [InlineData("main.prod", "OperationalLogs, DiagnosticErrorLogs, RuntimeAuditLogs")]
    public async Task Of_a_namespace_all_is_logged_that_its_tier_tells(string file, string categories) => Assert.Equal(
        categories,
        string.Join(", ", Assert.Single(
            (await Snapshot.OfAsync(file)).OfType("Microsoft.Insights/diagnosticSettings"),
            settings => settings.GetProperty("id").GetString()!
                .Contains("/Microsoft.ServiceBus/", StringComparison.Ordinal))
            .GetProperty("properties").GetProperty("logs").EnumerateArray()
            .Select(log => log.GetProperty("category").GetString())));

    static string Name(JsonElement queue) => queue.GetProperty("name").GetString()!.Split('/')[^1];

    static TimeSpan Duration(JsonElement properties, string name) =>
        XmlConvert.ToTimeSpan(properties.GetProperty(name).GetString()!);
}
