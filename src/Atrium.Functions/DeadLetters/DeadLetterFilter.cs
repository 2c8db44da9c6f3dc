using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Contract;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.DeadLetters;

/// <summary>Selects dead letters of a queue: those that match all properties that are not null.</summary>
/// <remarks>A condition that a later version added is never ignored: more would be taken than was asked for.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DeadLetterFilter
{
    public string? SubscriptionId { get; init; }
    public string? Reason { get; init; }

    /// <summary>The event's name.</summary>
    public string? Event { get; init; }

    /// <summary>What the receiver answered last.</summary>
    public int? LastStatus { get; init; }

    /// <summary>How the last attempt failed: a name of <see cref="Egress.ErrorClass"/>.</summary>
    public string? LastErrorClass { get; init; }

    /// <summary>What it does not have: names of <see cref="Lackable"/>; null when that does not matter.</summary>
    public IReadOnlyList<string>? Without { get; init; }

    public string? DeliveryId { get; init; }

    /// <summary>The earliest time of failure, inclusive. Nothing is asked for by the time of parking.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The latest time of failure, or of parking, exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>One alone.</summary>
    public string? SequenceNumber { get; init; }

    /// <summary>Not a condition: the hash of the event that replaced the discarded one.</summary>
    public string? RepairedBy { get; init; }

    // What letters are grouped by.
    static readonly Dictionary<string, Func<DeadLetter, object?>> Parts = new()
    {
        ["subscriptionId"] = letter => letter.SubscriptionId,
        ["reason"] = letter => letter.Reason,
        ["event"] = letter => letter.Event,
        ["lastStatus"] = letter => letter.LastStatus,
        ["lastErrorClass"] = letter => letter.LastErrorClass,
    };

    /// <summary>What a letter may lack, by its name in requests and answers.</summary>
    public static readonly IReadOnlyList<string> Lackable = [.. Parts.Keys];

    /// <summary>Whether a letter lacks what it has to. The table cannot be asked for what is not there.</summary>
    public bool Lacks(DeadLetter letter) => Without?.All(name => Parts[name](letter) is null) ?? true;

    public static DeadLetterFilter One(long sequenceNumber) =>
        new() { SequenceNumber = sequenceNumber.ToString(CultureInfo.InvariantCulture) };

    /// <summary>The number of the only message that can match; null when there may be several.</summary>
    public long? Only() => SequenceNumber is null ? null : long.Parse(SequenceNumber, CultureInfo.InvariantCulture);

    /// <summary>The rows that fit.</summary>
    public IndexRange RangeOf(JobSource source) => new(source) { Filter = this };

    /// <summary>The rows that a job takes: <see cref="To"/> also says by when they were listed.</summary>
    /// <param name="source">Their queue.</param>
    /// <param name="before">Later failures are left out: a job may have sent them itself. Null for all.</param>
    public IndexRange TakenOf(JobSource source, DateTimeOffset? before = null)
    {
        // What is parked may be of the time of the job.
        var until = To < before || before is null || source == JobSource.Parked ? To : before;
        return new(source) { Filter = this with { To = until }, ListedBy = until };
    }

    /// <summary>The earliest <see cref="To"/> with which a job takes a row.</summary>
    public static DateTimeOffset? EndOf(IndexRow row) =>
        row.ListedAt > row.Letter.FailedAt ? row.ListedAt : row.Letter.FailedAt.AddTicks(1);

    /// <summary>As a job keeps and shows it.</summary>
    public string Write() => JsonSerializer.Serialize(this, RequestJson.Default.DeadLetterFilter);

    /// <returns>Null when it has a condition that this version does not know.</returns>
    public static DeadLetterFilter? Read(string arguments)
    {
        try
        {
            return JsonSerializer.Deserialize(arguments, RequestJson.Default.DeadLetterFilter);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Reads a filter from a query or a body, and collects its errors.</summary>
internal sealed class FilterReading
{
    const string SubscriptionField = "subscriptionId";

    static readonly string WithoutRule =
        $"A dead letter may lack any of {string.Join(", ", DeadLetterFilter.Lackable)}.";

    // Stands for a text that is no status.
    const int NoStatus = 0;

    readonly List<FieldError> _errors = [];

    /// <summary>Where the messages lie.</summary>
    public JobSource Source { get; private set; }

    public DeadLetterFilter Filter { get; private set; } = new();

    public IReadOnlyList<FieldError> Errors => _errors;

    /// <summary>Reads the parameters of a filter, and ignores all others.</summary>
    public static FilterReading Of(IQueryCollection query)
    {
        var reading = new FilterReading();
        reading.Read(name => name == SubscriptionField ? "subscription" : name, new DeadLetterRequest
        {
            Queue = Value("queue"),
            SubscriptionId = Value("subscription"),
            Reason = Value("reason"),
            Event = Value("event"),
            LastStatus = Value("lastStatus") is { } status ? AttemptFilter.StatusOf(status) ?? NoStatus : null,
            LastErrorClass = Value("lastErrorClass"),
            Without = Value("without")?.Split(','),
            DeliveryId = Value("deliveryId"),
            From = Value("from"),
            To = Value("to"),
        });
        return reading;

        string? Value(string name) => query[name].FirstOrDefault();
    }

    /// <summary>Answers a request whose query is a filter with what it selects.</summary>
    public static async Task<IResult> AnswerAsync<T>(
        HttpRequest request, string tenant, Func<FilterReading, Task<T>> select)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        var reading = Of(request.Query);
        return reading.Errors.Count > 0 ? Problem.BadQuery(reading.Errors) : TypedResults.Ok(await select(reading));
    }

    public static FilterReading Of(DeadLetterRequest request)
    {
        var reading = new FilterReading();
        reading.Read(name => FieldError.PointerTo(name), request);
        var isWhole = reading.Filter == new DeadLetterFilter();
        if (reading.Errors.Count == 0 && isWhole != request.All)
        {
            reading._errors.Add(new FieldError("/all", FieldErrorCode.Conflicting, request.All
                ? "All of the queue were asked for and a filter was given: leave out one of the two."
                : "No filter was given. Say all: true if all of the queue are meant."));
        }

        return reading;
    }

    void Read(Func<string, string> pointer, DeadLetterRequest wanted)
    {
        var source = DeadLetterQueues.Of(wanted.Queue ?? DeadLetterQueues.Default);
        Source = source ?? default;
        Filter = new DeadLetterFilter
        {
            SubscriptionId = wanted.SubscriptionId,
            Reason = wanted.Reason,
            Event = wanted.Event,
            LastStatus = wanted.LastStatus,
            LastErrorClass = wanted.LastErrorClass,
            Without = wanted.Without is { Count: > 0 } without ? without : null,
            DeliveryId = wanted.DeliveryId,
            From = Timestamp.Read(wanted.From),
            To = Timestamp.Read(wanted.To),
        };
        (string Name, object? Value)[] given =
        [
            (SubscriptionField, wanted.SubscriptionId), ("reason", wanted.Reason), ("event", wanted.Event),
            ("lastStatus", wanted.LastStatus), ("lastErrorClass", wanted.LastErrorClass),
        ];
        var lacked = wanted.Without ?? [];
        (bool Holds, string Field, FieldErrorCode Code, string Fault)[] rules =
        [
            (source is not null, "queue", FieldErrorCode.UnknownValue, DeadLetterQueues.Rule),
            (wanted.SubscriptionId is not { } subscription || SubscriptionId.IsValid(subscription), SubscriptionField,
                FieldErrorCode.InvalidFormat, "This is no subscription's id."),
            (wanted.Reason is not { Length: 0 or > DeadLetter.MaxReasonLength }, "reason",
                FieldErrorCode.InvalidLength, $"A reason has 1 to {DeadLetter.MaxReasonLength} characters."),
            (wanted.Reason?.Any(char.IsControl) != true, "reason",
                FieldErrorCode.InvalidCharacters, "A reason has no control characters."),
            (wanted.Event is not { } name || EventSelection.Delivered.Contains(name), "event",
                FieldErrorCode.UnknownValue, EventSelection.DeliveredRule),
            (wanted.LastStatus is not { } status || AttemptFilter.IsStatus(status), "lastStatus",
                FieldErrorCode.OutOfRange, AttemptFilter.StatusRule),
            (wanted.LastErrorClass is not { } errorClass || AttemptFilter.IsErrorClass(errorClass), "lastErrorClass",
                FieldErrorCode.UnknownValue, AttemptFilter.ErrorClassRule),
            (lacked.All(DeadLetterFilter.Lackable.Contains), "without", FieldErrorCode.UnknownValue, WithoutRule),
            (!given.Any(one => one.Value is not null && lacked.Contains(one.Name)), "without",
                FieldErrorCode.Conflicting, "A property is given, and also named as one that is lacking."),
            (wanted.DeliveryId is not { } delivery || DeliveryId.IsValid(delivery), "deliveryId",
                FieldErrorCode.InvalidFormat, DeliveryId.Rule),
            (!(Filter.From >= Filter.To), "to", FieldErrorCode.OutOfRange, "The end has to be after the beginning."),
            (wanted.From is null || Filter.From is not null, "from",
                FieldErrorCode.InvalidFormat, AttemptFilter.TimeRule),
            (wanted.To is null || Filter.To is not null, "to", FieldErrorCode.InvalidFormat, AttemptFilter.TimeRule),
        ];
        _errors.AddRange(rules.Where(rule => !rule.Holds)
            .Select(rule => new FieldError(pointer(rule.Field), rule.Code, rule.Fault)));
    }
}
