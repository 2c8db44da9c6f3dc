using System.Globalization;
using Atrium.Functions.Jobs;
using Atrium.Functions.Storage;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>A message as the index has it.</summary>
internal sealed record IndexRow(string Key, DeadLetter Letter)
{
    /// <summary>The column of the time at which the message was last seen in its queue.</summary>
    public const string SeenAt = nameof(SeenAt);

    /// <summary>When the message was listed; null for what an earlier version listed, or a rebuild.</summary>
    public DateTimeOffset? ListedAt { get; init; }

    /// <summary>The columns by which a row is found to be in a range.</summary>
    public static readonly IReadOnlyList<string> Needed =
    [
        nameof(TableEntity.PartitionKey), nameof(TableEntity.RowKey), nameof(DeadLetter.SequenceNumber),
        nameof(DeadLetter.FailedAt), nameof(ListedAt),
    ];

    /// <summary>The same, and the columns by which letters are grouped.</summary>
    public static readonly IReadOnlyList<string> Grouped = [.. Needed, .. DeadLetterGroup.Columns];

    /// <summary>By which its queue gives it out.</summary>
    public long Number => long.Parse(Letter.SequenceNumber, CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether it is this message's. Not by the key: a version that cannot read a parked message computes another.
    /// </summary>
    public bool IsOf(ServiceBusReceivedMessage message) =>
        Number == message.SequenceNumber && Letter.FailedAt == message.EnqueuedTime;

    public static IndexRow Of(JobSource source, DeadLetter letter) => new(IndexRange.KeyOf(source, letter), letter);

    /// <param name="at">When the message was seen in its queue.</param>
    public TableEntity ToEntity(DateTimeOffset at) => new TableEntity(Letter.Tenant, Key)
    {
        [SeenAt] = at,
        [nameof(ListedAt)] = ListedAt,
        [nameof(DeadLetter.SequenceNumber)] = Letter.SequenceNumber,
        [nameof(DeadLetter.SubscriptionId)] = Letter.SubscriptionId,
        [nameof(DeadLetter.DeliveryId)] = Letter.DeliveryId,
        [nameof(DeadLetter.EventId)] = Letter.EventId,
        [nameof(DeadLetter.Event)] = Letter.Event,
        [nameof(DeadLetter.Run)] = Letter.Run,
        [nameof(DeadLetter.Attempt)] = Letter.Attempt,
        [nameof(DeadLetter.Reason)] = Letter.Reason,
        [nameof(DeadLetter.Description)] = Letter.Description,
        [nameof(DeadLetter.LastStatus)] = Letter.LastStatus,
        [nameof(DeadLetter.LastErrorClass)] = Letter.LastErrorClass,
        [nameof(DeadLetter.FailedAt)] = Letter.FailedAt,
        [nameof(DeadLetter.AcceptedAt)] = Letter.AcceptedAt,
        [nameof(DeadLetter.Size)] = Letter.Size,
    }.WithoutNulls();

    /// <returns>Null when the row does not identify a message. A rebuild makes it again.</returns>
    public static IndexRow? Of(IndexRange range, TableEntity entity)
    {
        var cell = entity.Text(nameof(DeadLetter.SequenceNumber));
        if (!long.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || entity.Value<DateTimeOffset>(nameof(DeadLetter.FailedAt)) is not { } failedAt)
        {
            return null;
        }

        return new(entity.RowKey, new DeadLetter
        {
            Queue = range.Source.QueueName(),
            Tenant = entity.PartitionKey,
            SequenceNumber = number.ToString(CultureInfo.InvariantCulture),
            SubscriptionId = entity.Text(nameof(DeadLetter.SubscriptionId)),
            DeliveryId = entity.Text(nameof(DeadLetter.DeliveryId)),
            EventId = entity.Text(nameof(DeadLetter.EventId)),
            Event = entity.Text(nameof(DeadLetter.Event)),
            Run = entity.Value<int>(nameof(DeadLetter.Run)),
            Attempt = entity.Value<int>(nameof(DeadLetter.Attempt)),
            Reason = entity.Text(nameof(DeadLetter.Reason)),
            Description = entity.Text(nameof(DeadLetter.Description)),
            LastStatus = entity.Value<int>(nameof(DeadLetter.LastStatus)),
            LastErrorClass = entity.Text(nameof(DeadLetter.LastErrorClass)),
            FailedAt = failedAt,
            AcceptedAt = entity.Value<DateTimeOffset>(nameof(DeadLetter.AcceptedAt)),
            Size = entity.Value<int>(nameof(DeadLetter.Size)) ?? 0,
        })
        {
            ListedAt = entity.Value<DateTimeOffset>(nameof(ListedAt)),
        };
    }
}

/// <summary>A range of a tenant's keys, with a condition on its rows. Pure.</summary>
internal sealed record IndexRange(JobSource Source)
{
    const char Separator = '_';

    // The character after the separator: it sorts after all keys that contain the separator here.
    const char Beyond = (char)(Separator + 1);

    const string Parked = "waiting";
    const string NoSubscription = "-";

    /// <summary>What fits.</summary>
    public DeadLetterFilter Filter { get; init; } = new();

    /// <summary>Only keys that come before this one.</summary>
    public string? KeyBefore { get; init; }

    /// <summary>
    /// Only what was listed by this time, so that a job takes what was counted before it: a letter comes to its queue,
    /// and into the index, later than the time at which it failed. What has no time of listing counts as old.
    /// </summary>
    public DateTimeOffset? ListedBy { get; init; }

    /// <summary>Only what was last seen in its queue before this time.</summary>
    public DateTimeOffset? SeenBefore { get; init; }

    /// <summary>The key of a message, computed from what never changes.</summary>
    public static string KeyOf(JobSource source, DeadLetter letter)
    {
        var number = long.Parse(letter.SequenceNumber, CultureInfo.InvariantCulture);
        var accepted = letter.AcceptedAt ?? letter.FailedAt;
        return source == JobSource.Parked
            ? $"{ParkedOf(letter.SubscriptionId)}{Hex(accepted.UtcTicks)}{Separator}{Hex(number)}"
            : $"{Prefix(source)}{Reversed(letter.FailedAt)}{Separator}{Hex(long.MaxValue - number)}";
    }

    /// <summary>The part of the condition that the table is not asked for: it would leave out rows without the cell.
    /// </summary>
    public bool Takes(TableEntity entity) =>
        ListedBy is null || !(entity.Value<DateTimeOffset>(nameof(IndexRow.ListedAt)) > ListedBy);

    /// <summary>As the table is asked.</summary>
    public string Of(string tenant, string? after)
    {
        var prefix = Source == JobSource.Parked && Filter.SubscriptionId is { } subscription
            ? ParkedOf(subscription)
            : Prefix(Source);
        var first = IsDated && Filter.To is { } to ? $"{Prefix(Source)}{Reversed(to, 1)}" : prefix;
        var last = IsDated && Filter.From is { } from
            ? $"{Prefix(Source)}{Reversed(from, 1)}"
            : prefix[..^1] + Beyond;
        string?[] terms =
        [
            Term($"PartitionKey eq {tenant} and RowKey ge {first} and RowKey lt {last}"),
            after is null ? null : Term($"RowKey gt {after}"),
            KeyBefore is null ? null : Term($"RowKey lt {KeyBefore}"),
            Filter.To is null || IsDated ? null : Term($"FailedAt lt {Filter.To}"),
            SeenBefore is null ? null : Term($"SeenAt lt {SeenBefore}"),
            Filter.SubscriptionId is null ? null : Term($"SubscriptionId eq {Filter.SubscriptionId}"),
            Filter.Reason is null ? null : Term($"Reason eq {Filter.Reason}"),
            Filter.Event is null ? null : Term($"Event eq {Filter.Event}"),
            Filter.LastStatus is null ? null : Term($"LastStatus eq {Filter.LastStatus.Value}"),
            Filter.LastErrorClass is null ? null : Term($"LastErrorClass eq {Filter.LastErrorClass}"),
            Filter.DeliveryId is null ? null : Term($"DeliveryId eq {Filter.DeliveryId}"),
            Filter.SequenceNumber is null ? null : Term($"SequenceNumber eq {Filter.SequenceNumber}"),
        ];
        return string.Join(" and ", terms.OfType<string>());
    }

    static string Term(FormattableString filter) => TableClient.CreateQueryFilter(filter);

    // What is parked lies by subscription, not by time.
    bool IsDated => Source != JobSource.Parked;

    static string Prefix(JobSource source) =>
        $"{(source == JobSource.Parked ? Parked : source.QueueName())}{Separator}";

    // A stranger's message may name anything.
    static string ParkedOf(string? subscriptionId)
    {
        var isOne = Subscriptions.SubscriptionId.IsValid(subscriptionId ?? "");
        return $"{Parked}{Separator}{(isOne ? subscriptionId : NoSubscription)}{Separator}";
    }

    static string Reversed(DateTimeOffset time, int more = 0) => Hex(DateTime.MaxValue.Ticks - time.UtcTicks + more);

    static string Hex(long value) => value.ToString("x16", CultureInfo.InvariantCulture);
}
