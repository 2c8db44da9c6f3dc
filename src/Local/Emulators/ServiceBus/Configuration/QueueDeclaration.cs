using System.Text.Json;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Configuration;

/// <summary>One queue of the file. What is left out has the service's default, not the official emulator's.</summary>
internal static class QueueDeclaration
{
    /// <summary>The service's limit.</summary>
    const int MaxNameLength = 260;

    /// <summary>The service's limit.</summary>
    const int MostDeliveries = 2000;

    /// <summary>What a partitioned queue of the Standard tier has.</summary>
    const int MostPartitions = 16;

    /// <summary>The service's limit, of the Premium tier. It has 1,024 at least; tests may want less.</summary>
    const int MostMegabytes = 81_920;

    const int BytesOfMegabyte = 1024 * 1024;

    /// <summary>The service asks for 5 s (locks) and 20 s (duplicates); tests may want less.</summary>
    static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    static readonly TimeSpan LongestLock = TimeSpan.FromMinutes(5);
    static readonly TimeSpan LongestWindow = TimeSpan.FromDays(7);
    static readonly TimeSpan DefaultWindow = TimeSpan.FromMinutes(10);

    static readonly HashSet<string> Known =
    [
        "DeadLetteringOnMessageExpiration", "DefaultMessageTimeToLive", "DuplicateDetectionHistoryTimeWindow",
        "ForwardDeadLetteredMessagesTo", "ForwardTo",
        "LockDuration", "MaxDeliveryCount", "MaxSizeInMegabytes", "Partitions", "RequiresDuplicateDetection",
        "RequiresSession",
    ];

    public static QueueSettings Read(ConfigSection queue)
    {
        var settings = new QueueSettings(Name(queue));
        if (queue.OptionalObject("Properties") is not { } properties)
        {
            return settings;
        }

        Refuse(properties);
        var timeToLive = properties.Duration("DefaultMessageTimeToLive", Shortest, TimeSpan.MaxValue);
        var window = properties.Duration("DuplicateDetectionHistoryTimeWindow", Shortest, LongestWindow)
            ?? DefaultWindow;
        return settings with
        {
            LockDuration = properties.Duration("LockDuration", Shortest, LongestLock) ?? settings.LockDuration,
            MaxDeliveryCount = properties.Number("MaxDeliveryCount", settings.MaxDeliveryCount, 1, MostDeliveries),
            // The longest duration there is stands for "never" in the service's own templates.
            DefaultTimeToLive = timeToLive == TimeSpan.MaxValue ? null : timeToLive,
            DeadLetterOnExpiration = properties.Flag("DeadLetteringOnMessageExpiration"),
            MaxBytes = properties.Number(
                "MaxSizeInMegabytes", (int)(settings.MaxBytes / BytesOfMegabyte), 1, MostMegabytes)
                * (long)BytesOfMegabyte,
            Partitions = properties.Number("Partitions", settings.Partitions, 1, MostPartitions),
            DuplicateWindow = properties.Flag("RequiresDuplicateDetection") ? window : null,
        };
    }

    static string Name(ConfigSection queue)
    {
        var name = queue.Text("Name");
        return name is { Length: > 0 and <= MaxNameLength } && !name.Contains('$', StringComparison.Ordinal)
            && name.Trim('/') == name
            ? name
            : throw new JsonException(
                $"{queue.Path}.Name must be a queue's name: 1 to {MaxNameLength} characters, without '$', no slash at "
                + "the ends");
    }

    static void Refuse(ConfigSection properties)
    {
        if (properties.Names.FirstOrDefault(n => !Known.Contains(n)) is { } unknown)
        {
            throw new JsonException(
                $"{properties.Path}.{unknown} is not a property of a queue that this emulator knows; known are "
                + $"{string.Join(", ", Known)}");
        }

        if (properties.Flag("RequiresSession"))
        {
            throw new JsonException(
                $"{properties.Path}.RequiresSession is true, and this emulator has no sessions: set it to false");
        }

        foreach (var forward in new[] { "ForwardTo", "ForwardDeadLetteredMessagesTo" })
        {
            if (!string.IsNullOrEmpty(properties.Text(forward)))
            {
                throw new JsonException(
                    $"{properties.Path}.{forward} is set, and this emulator does not forward: leave it empty");
            }
        }
    }
}
