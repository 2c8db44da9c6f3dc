using System.Globalization;
using System.Text.Json;
using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.DeadLetters;

/// <summary>Which dead letters of a queue are wanted: those that fit all that is not null.</summary>
internal sealed record DeadLetterFilter
{
    public string? SubscriptionId { get; init; }
    public string? Reason { get; init; }

    /// <summary>The event's name.</summary>
    public string? Event { get; init; }

    /// <summary>The earliest time of failure, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The latest time of failure, exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>One alone.</summary>
    public string? SequenceNumber { get; init; }

    /// <summary>Not a condition: the hash of the event that was sent in place of the one discarded.</summary>
    public string? RepairedBy { get; init; }

    public static DeadLetterFilter One(long sequenceNumber) =>
        new() { SequenceNumber = sequenceNumber.ToString(CultureInfo.InvariantCulture) };

    /// <summary>The number of the only message that can be wanted; null when there may be several.</summary>
    public long? Only() => SequenceNumber is null ? null : long.Parse(SequenceNumber, CultureInfo.InvariantCulture);

    /// <summary>The rows that fit.</summary>
    /// <param name="source">Where they lie.</param>
    /// <param name="before">
    /// What failed later is left out: it may be what a job itself sent, and failed again. Null for all.
    /// </param>
    public IndexRange RangeOf(JobSource source, DateTimeOffset? before = null) => new(source)
    {
        SubscriptionId = SubscriptionId,
        Reason = Reason,
        Event = Event,
        From = From,
        // What is parked may be of the time of the job.
        To = To < before || before is null || source == JobSource.Parked ? To : before,
    };

    /// <summary>As a job keeps and shows it.</summary>
    public string Write() => JsonSerializer.Serialize(this, DeadLetterJson.Default.DeadLetterFilter);

    public static DeadLetterFilter Read(string arguments) =>
        JsonSerializer.Deserialize(arguments, DeadLetterJson.Default.DeadLetterFilter)!;
}

/// <summary>Reads a filter from a query or a body, and gathers what is wrong with it.</summary>
internal sealed class FilterReading
{
    readonly List<FieldError> _errors = [];

    /// <summary>Where the messages lie.</summary>
    public JobSource Source { get; private set; }

    public DeadLetterFilter Filter { get; private set; } = new();

    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>Reads the parameters of a filter. What else there is in the query is not looked at.</summary>
    public static FilterReading Of(IQueryCollection query)
    {
        var reading = new FilterReading();
        string? Value(string name) => query[name].FirstOrDefault();
        reading.Read(
            name => name, Value("queue"), Value("subscription"), Value("reason"), Value("event"), Value("from"),
            Value("to"));
        return reading;
    }

    public static FilterReading Of(DeadLetterRequest request)
    {
        var reading = new FilterReading();
        reading.Read(
            name => name == "subscription" ? "/subscriptionId" : "/" + name,
            request.Queue, request.SubscriptionId, request.Reason, request.Event, request.From, request.To);
        if (reading.Errors.Count == 0 && reading.Filter == new DeadLetterFilter() != request.All)
        {
            reading._errors.Add(new FieldError("/all", request.All
                ? "All of the queue were asked for and a filter was given: leave out one of the two."
                : "No filter was given. Say all: true if all of the queue are meant."));
        }

        return reading;
    }

    void Read(
        Func<string, string> pointer, string? queue, string? subscription, string? reason, string? eventName,
        string? from, string? to)
    {
        if (DeadLetterQueues.Of(queue ?? DeadLetterQueues.Default) is { } source)
        {
            Source = source;
        }
        else
        {
            _errors.Add(new FieldError(pointer("queue"), DeadLetterQueues.Rule));
        }

        Require(
            subscription is null || SubscriptionId.IsValid(subscription), pointer("subscription"),
            "This is no subscription's id.");
        Require(
            reason is not { Length: 0 or > DeadLetter.MaxReasonLength }, pointer("reason"),
            $"A reason has 1 to {DeadLetter.MaxReasonLength} characters.");
        Require(
            eventName is null || EventSelection.Names.Contains(eventName), pointer("event"),
            $"The events are {string.Join(", ", EventSelection.Names)}.");
        Filter = new DeadLetterFilter
        {
            SubscriptionId = subscription,
            Reason = reason,
            Event = eventName,
            From = Time(from, pointer("from")),
            To = Time(to, pointer("to")),
        };
        Require(!(Filter.From >= Filter.To), pointer("to"), "The end lies before the beginning, or at it.");
    }

    DateTimeOffset? Time(string? value, string pointer)
    {
        var time = value is null ? null : Timestamp.Read(value);
        Require(value is null || time is not null, pointer, AttemptFilter.TimeRule);
        return time;
    }

    void Require(bool holds, string pointer, string fault)
    {
        if (!holds)
        {
            _errors.Add(new FieldError(pointer, fault));
        }
    }
}
