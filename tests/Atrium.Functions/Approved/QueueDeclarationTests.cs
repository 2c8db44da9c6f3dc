using System.Text.Json;
using System.Xml;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;

namespace Atrium.Functions.Tests.Approved;

public sealed class QueueDeclarationTests
{
    static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static TheoryData<string> AppQueues() => [.. Queues.All];

    [Theory]
    [MemberData(nameof(AppQueues))]
    public void The_emulator_declares_each_queue_as_the_app_needs_it(string name)
    {
        var queue = Queue("config.json", name);

        Assert.True(queue.GetProperty("RequiresDuplicateDetection").GetBoolean());
        Assert.Equal(Queues.DuplicateWindow, Duration(queue, "DuplicateDetectionHistoryTimeWindow"));
        Assert.Equal(new DeliveryOptions().LockDuration, Duration(queue, "LockDuration"));
        Assert.Equal(
            name == Queues.Parked ? Queues.ParkedMaxDeliveryCount : Queues.MaxDeliveryCount,
            queue.GetProperty("MaxDeliveryCount").GetInt32());
        Assert.True(queue.GetProperty("DeadLetteringOnMessageExpiration").GetBoolean());
        Assert.Equal(
            name == Queues.Parked ? TimeSpan.MaxValue : Lifetime.Whole, Duration(queue, "DefaultMessageTimeToLive"));
    }

    [Theory]
    [MemberData(nameof(AppQueues))]
    public void The_profile_for_the_official_emulator_stays_within_its_limits(string name)
    {
        var queue = Queue("config.official-emulator.json", name);

        Assert.InRange(
            Duration(queue, "DuplicateDetectionHistoryTimeWindow"), TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));
        Assert.InRange(Duration(queue, "LockDuration"), TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));
        Assert.InRange(Duration(queue, "DefaultMessageTimeToLive"), TimeSpan.FromMinutes(5), Hour);
        Assert.InRange(queue.GetProperty("MaxDeliveryCount").GetInt32(), 1, 10);
        Assert.True(queue.GetProperty("RequiresDuplicateDetection").GetBoolean());
    }

    static JsonElement Queue(string file, string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file))).RootElement
        .GetProperty("UserConfig").GetProperty("Namespaces")[0].GetProperty("Queues").EnumerateArray()
        .Single(queue => queue.GetProperty("Name").GetString() == name).GetProperty("Properties");

    static TimeSpan Duration(JsonElement queue, string property) =>
        XmlConvert.ToTimeSpan(queue.GetProperty(property).GetString()!);
}
