using System.Globalization;
using Atrium.Functions.Http;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Messaging;

/// <summary>
/// Reads a message's application properties, which any sender may have set to anything. If a property cannot be read,
/// <see cref="Fault"/> says so. Only the first fault counts, and values that are read after it are meaningless.
/// </summary>
internal sealed class MessageProperties(ServiceBusReceivedMessage message)
{
    /// <summary>
    /// In characters, of an id or a name: what Service Bus allows a message id, which an event's id is.
    /// </summary>
    public const int MaxLength = 128;

    /// <summary>The largest count: far more than ever occurs, and far from an overflow.</summary>
    public const int MaxCount = 1_000_000_000;

    // Retries and put-backs are scheduled minutes ahead, and clocks differ by less.
    static readonly TimeSpan FurthestAhead = TimeSpan.FromDays(1);

    // No message is older than this product, and Table Storage takes no time before the year 1601.
    static readonly DateTimeOffset Earliest = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly IReadOnlyDictionary<string, object> _properties = message.ApplicationProperties;

    readonly DateTimeOffset _latest = message.EnqueuedTime < DateTimeOffset.MaxValue - FurthestAhead
        ? message.EnqueuedTime + FurthestAhead
        : DateTimeOffset.MaxValue;

    /// <summary>
    /// A sentence that says what is wrong with the first property that cannot be read; null for none.
    /// </summary>
    public string? Fault { get; private set; }

    public bool Has(string name) => _properties.GetValueOrDefault(name) is not null;

    /// <summary>
    /// The name of a property that contains this name, in any case: <c>Tenant</c>, <c>tenantId</c>, <c>x-tenant</c>;
    /// null when there is none.
    /// </summary>
    public string? NameLike(string name) =>
        _properties.Keys.Where(other => other.Contains(name, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>The version that the message follows, which must be the one that is understood.</summary>
    /// <param name="understood">The version.</param>
    /// <param name="whenAbsent">What a message without it follows; null when there must be one.</param>
    public void Version(string name, int understood, int? whenAbsent = null)
    {
        var value = _properties.GetValueOrDefault(name);
        if ((value is null ? whenAbsent : Whole(value)) != understood)
        {
            var found = value switch
            {
                null => "missing",
                _ when Whole(value) is { } other => string.Create(CultureInfo.InvariantCulture, $"{other}"),
                _ => $"no integer, its type is {AmqpType.Of(value)}",
            };
            Fault ??= $"The message's version is {found}; this app understands version {understood}. "
                + "Deploy the app that understands it, then replay.";
        }
    }

    /// <summary>An integer of any of AMQP's eight integer types.</summary>
    /// <param name="least">The smallest that makes sense.</param>
    /// <param name="most">The largest that makes sense.</param>
    /// <param name="whenAbsent">What it is when it is missing; null when it must be there.</param>
    public int Integer(string name, int least, int most, int? whenAbsent = null)
    {
        var value = _properties.GetValueOrDefault(name);
        return (value, Whole(value)) switch
        {
            (null, _) => whenAbsent ?? Missing(name, least),
            (_, null) => Wrong(name, $"is no integer; its type is {AmqpType.Of(value)}", least),
            var (_, number) when number < least || number > most => Wrong(
                name,
                string.Create(CultureInfo.InvariantCulture, $"is {number}; it must be from {least} to {most}"),
                least),
            var (_, number) => (int)number.Value,
        };
    }

    /// <summary>An id or a name that a person or a program chose: visible, and not too long to be stored.</summary>
    /// <param name="whenAbsent">What it is when it is missing or empty; null when it must be there.</param>
    public string Text(string name, string? whenAbsent = null)
    {
        var text = _properties.GetValueOrDefault(name) switch
        {
            string value => value,
            Guid id => id.ToString(),
            var value when Whole(value) is { } number => number.ToString(CultureInfo.InvariantCulture),
            null => "",
            var value => Wrong(name, $"is no text; its type is {AmqpType.Of(value)}", ""),
        };
        return Fault is not null ? ""
            : text.Length > 0 ? Sound(name, text)
            : whenAbsent ?? Missing(name, "");
    }

    /// <summary>A text that obeys a rule of its own.</summary>
    /// <param name="isValid">The rule.</param>
    /// <param name="rule">The rule as a sentence.</param>
    /// <param name="whenAbsent">What it is when it is missing; null when it must be there.</param>
    public string Text(string name, Func<string, bool> isValid, string rule, string? whenAbsent = null) =>
        _properties.GetValueOrDefault(name) switch
        {
            null when whenAbsent is not null => whenAbsent,
            null => Missing(name, ""),
            string text when isValid(text) => text,
            string => Wrong(name, $"is not what it must be. {rule}", ""),
            var value => Wrong(name, $"is no text; its type is {AmqpType.Of(value)}. {rule}", ""),
        };

    /// <summary>A time by RFC 3339, as over HTTP, or of AMQP's own type.</summary>
    /// <param name="whenAbsent">What it is when it is missing; null when it must be there.</param>
    public DateTimeOffset Time(string name, DateTimeOffset? whenAbsent = null) =>
        _properties.GetValueOrDefault(name) switch
        {
            null => whenAbsent ?? Missing(name, Earliest),
            DateTime value => Possible(name, new DateTimeOffset(value.ToUniversalTime())),
            DateTimeOffset value => Possible(name, value),
            string text when Timestamp.Read(text) is { } time => Possible(name, time),
            string => Wrong(name, "is no time with a zone (RFC 3339), such as 2026-04-15T09:30:00Z", Earliest),
            var value => Wrong(name, $"is no time; its type is {AmqpType.Of(value)}", Earliest),
        };

    /// <summary>A time as it is written into a message.</summary>
    public static string TextOf(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Notes what the reader of a property found wrong with it.</summary>
    /// <param name="what">The rest of the sentence.</param>
    /// <param name="instead">What is returned.</param>
    public T Wrong<T>(string name, string what, T instead)
    {
        Fault ??= $"The property '{name}' {what}{(what.EndsWith('.') ? "" : ".")}";
        return instead;
    }

    /// <summary>Whether a time can have been written by this app before the message was put on its queue.</summary>
    public bool IsPossible(DateTimeOffset time) => time >= Earliest && time <= _latest;

    /// <summary>Whether a text is an id or a name that can be stored and shown.</summary>
    public static bool IsSound(string text) => FaultOf(text) is null;

    T Missing<T>(string name, T instead) => Wrong(name, "is missing", instead);

    string Sound(string name, string text) => FaultOf(text) is { } fault ? Wrong(name, fault, "") : text;

    DateTimeOffset Possible(string name, DateTimeOffset time) =>
        time < Earliest ? Wrong(name, $"lies before the year {Earliest.Year}", Earliest)
        : time > _latest ? Wrong(name, "lies in the future", Earliest)
        : time.ToUniversalTime();

    /// <summary>A sender's text, made safe for a log line or an answer: cut, and without control characters.</summary>
    /// <param name="most">How many characters are kept.</param>
    public static string? Shown(string? text, int most = MaxLength) => text is null ? null : string.Create(
        Math.Min(text.Length, most), text, (shown, whole) =>
        {
            for (var i = 0; i < shown.Length; i++)
            {
                shown[i] = IsControl(whole[i]) ? '\ufffd' : whole[i];
            }

            if (shown.Length > 0 && char.IsHighSurrogate(shown[^1]))
            {
                shown[^1] = '\ufffd';
            }
        });

    // A line break in it would forge a line of the log.
    static string? FaultOf(string text) =>
        text.Length > MaxLength ? $"has {text.Length} characters; {MaxLength} are the most"
        : text.Any(IsControl) ? "holds a control character"
        : null;

    static bool IsControl(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    // Senders write the same number in different types: JavaScript's client sends a long where .NET's sends an int.
    static Int128? Whole(object? value) => value switch
    {
        byte number => number,
        sbyte number => number,
        ushort number => number,
        short number => number,
        uint number => number,
        int number => number,
        ulong number => number,
        long number => number,
        _ => null,
    };
}

/// <summary>Application properties that messages of several queues have. Never change a name.</summary>
internal static class PropertyName
{
    public const string Version = "version";
    public const string Tenant = "tenant";
    public const string EventId = "eventId";
    public const string AcceptedAt = "acceptedAt";
    public const string PutBack = "putBack";
    public const string LivesFrom = "livesFrom";
}
