using System.Text;
using System.Text.Json;
using Atrium.Local.Emulators.ServiceBus.Configuration;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.Tests.ServiceBus;

public class EmulatorConfigTests
{
    [Fact]
    public void The_products_queues_are_declared_as_its_architecture_says()
    {
        var queues = EmulatorConfig.Load(Path.Combine(AppContext.BaseDirectory, "config.json"))
            .ToDictionary(q => q.Name);

        Assert.Equal(["deliveries", "jobs", "parked", "visitor-events"], queues.Keys.Order(StringComparer.Ordinal));
        var expected = new QueueSettings("deliveries")
        {
            LockDuration = TimeSpan.FromMinutes(1),
            MaxDeliveryCount = 10,
            DeadLetterOnExpiration = true,
            DefaultTimeToLive = TimeSpan.FromDays(14),
            DuplicateWindow = TimeSpan.FromHours(1),
        };
        Assert.Equal(expected, queues["deliveries"]);
        Assert.Equal(
            expected with { Name = "parked", DefaultTimeToLive = null, MaxDeliveryCount = 100 }, queues["parked"]);
    }

    [Fact]
    public void The_second_profile_has_the_same_queues_within_the_official_emulators_limits()
    {
        var ours = EmulatorConfig.Load(Path.Combine(AppContext.BaseDirectory, "config.json"));
        var theirs = EmulatorConfig.Load(Path.Combine(AppContext.BaseDirectory, "config.official-emulator.json"));

        Assert.Equal(ours.Select(q => q.Name), theirs.Select(q => q.Name));
        Assert.All(theirs, q => Assert.InRange(q.MaxDeliveryCount, 1, 10));
        Assert.All(theirs, q => Assert.InRange(q.LockDuration, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)));
        Assert.All(
            theirs, q => Assert.InRange(q.DuplicateWindow!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)));
        Assert.All(
            theirs, q => Assert.InRange(q.DefaultTimeToLive!.Value, TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)));
    }

    [Fact]
    public void What_is_left_out_has_the_services_default()
    {
        var queue = Assert.Single(Parse("""{ "Name": "q" }"""));

        Assert.Equal(new QueueSettings("q"), queue);
    }

    [Fact]
    public void A_queue_may_be_partitioned_and_its_dead_letter_queue_with_it()
    {
        var queue = Assert.Single(Parse("""{ "Name": "q", "Properties": { "Partitions": 4 } }"""));

        Assert.Equal((4, 4), (queue.Partitions, queue.DeadLetter.Partitions));
    }

    [Theory]
    [InlineData("""{ "Name": "q", "Properties": { "Partitions": 0 } }""", "Partitions")]
    [InlineData("""{ "Name": "q", "Properties": { "Partitions": 17 } }""", "from 1 to 16")]
    [InlineData(
        """{ "Name": "q", "Properties": { "RequiresSession": true } }""", "Queues[0].Properties.RequiresSession")]
    [InlineData("""{ "Name": "q", "Properties": { "ForwardTo": "other" } }""", "ForwardTo")]
    [InlineData(
        """{ "Name": "q", "Properties": { "ForwardDeadLetteredMessagesTo": "other" } }""",
        "ForwardDeadLetteredMessagesTo")]
    [InlineData("""{ "Name": "q", "Properties": { "LockDuration": "PT10M" } }""", "PT5M")]
    [InlineData("""{ "Name": "q", "Properties": { "LockDuration": "a minute" } }""", "ISO 8601")]
    [InlineData("""{ "Name": "q", "Properties": { "MaxDeliveryCount": 0 } }""", "MaxDeliveryCount")]
    [InlineData("""{ "Name": "q", "Properties": { "LockDuratoin": "PT1M" } }""", "LockDuratoin")]
    [InlineData("""{ "Name": "" }""", "Name")]
    [InlineData("""{ "Name": "q" }, { "Name": "Q" }""", "more than once")]
    [InlineData("""{ "Name": "q\ud800" }""", "A text has half a character")]
    [InlineData("""{ "Name": "q", "Properties": { "\udc00": "PT1M" } }""", "A text has half a character")]
    [InlineData("", "no queues")]
    public void What_cannot_be_served_is_refused_by_name(string queues, string named)
    {
        Assert.Contains(named, Assert.Throws<JsonException>(() => Parse(queues)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Topics_are_refused()
    {
        const string json =
            """{ "UserConfig": { "Namespaces": [ { "Queues": [ { "Name": "q" } ], "Topics": """
            + """[ { "Name": "t" } ] } ] } }""";

        Assert.Contains(
            "Topics", Assert.Throws<JsonException>(() => EmulatorConfig.Parse(Encoding.UTF8.GetBytes(json))).Message,
            StringComparison.Ordinal);
    }

    static IReadOnlyList<QueueSettings> Parse(string queues) =>
        EmulatorConfig.Parse(
            Encoding.UTF8.GetBytes(
            $$"""{ "UserConfig": { "Namespaces": [ { "Name": "n", "Queues": [ {{queues}} ] } ] } }"""));
}
