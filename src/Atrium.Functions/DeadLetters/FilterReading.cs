using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Contract;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.DeadLetters;

/// <summary>A filter that was read from a query or a body.</summary>
/// <param name="Source">Where the messages lie.</param>
/// <param name="Filter">Which.</param>
/// <param name="Errors">What is wrong; none if it can be used.</param>
internal sealed record FilterReading(JobSource Source, DeadLetterFilter Filter, IReadOnlyList<FieldError> Errors)
{
    const string SubscriptionField = "subscriptionId";

    static readonly string WithoutRule =
        $"A dead letter may lack any of {string.Join(", ", DeadLetterFilter.Lackable)}.";

    // Stands for a text that is no status.
    const int NoStatus = 0;

    /// <summary>Reads the parameters of a filter, and ignores all others.</summary>
    public static FilterReading Of(IQueryCollection query)
    {
        return Read(name => name == SubscriptionField ? "subscription" : name, new DeadLetterRequest
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
        var reading = Read(name => FieldError.PointerTo(name), request);
        var isWhole = reading.Filter == new DeadLetterFilter();
        return reading.Errors.Count > 0 || isWhole == request.All ? reading : reading with
        {
            Errors =
            [
                new("/all", FieldErrorCode.Conflicting, request.All
                    ? "All of the queue were asked for and a filter was given: leave out one of the two."
                    : "No filter was given. Say all: true if all of the queue are meant."),
            ],
        };
    }

    static FilterReading Read(Func<string, string> pointer, DeadLetterRequest wanted)
    {
        var source = DeadLetterQueues.Of(wanted.Queue ?? DeadLetterQueues.Default);
        var filter = new DeadLetterFilter
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
            (!(filter.From >= filter.To), "to", FieldErrorCode.OutOfRange, "The end has to be after the beginning."),
            (wanted.From is null || filter.From is not null, "from",
                FieldErrorCode.InvalidFormat, AttemptFilter.TimeRule),
            (wanted.To is null || filter.To is not null, "to", FieldErrorCode.InvalidFormat, AttemptFilter.TimeRule),
        ];
        return new(
            source ?? default, filter,
            [
                .. rules.Where(rule => !rule.Holds)
                    .Select(rule => new FieldError(pointer(rule.Field), rule.Code, rule.Fault)),
            ]);
    }
}

/// <summary>Which dead letters an admin wants replayed or discarded.</summary>
internal sealed record DeadLetterRequest
{
    /// <summary>The most bytes of a request; a filter takes far less.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>Of which queue; <see cref="DeadLetterQueues.Default"/> when not said.</summary>
    public string? Queue { get; init; }

    public string? SubscriptionId { get; init; }
    public string? Reason { get; init; }

    /// <summary>The event's name.</summary>
    public string? Event { get; init; }

    /// <summary>What the receiver answered last.</summary>
    public int? LastStatus { get; init; }

    /// <summary>How the last attempt failed.</summary>
    public string? LastErrorClass { get; init; }

    /// <summary>What it does not have: names of <see cref="DeadLetterFilter.Lackable"/>.</summary>
    public IReadOnlyList<string>? Without { get; init; }

    /// <summary>The letter of one delivery.</summary>
    public string? DeliveryId { get; init; }

    /// <summary>The earliest time of failure, inclusive.</summary>
    public string? From { get; init; }

    /// <summary>The latest time of failure, exclusive.</summary>
    public string? To { get; init; }

    /// <summary>
    /// All of the queue. It has to be requested explicitly, so that a misspelt or forgotten filter cannot do it.
    /// </summary>
    public bool All { get; init; }
}
