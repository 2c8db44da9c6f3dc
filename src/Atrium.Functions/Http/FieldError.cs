using System.Text.Json;
using System.Text.Json.Serialization;

namespace Atrium.Functions.Http;

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Pointer">A JSON Pointer (RFC 6901) to the field, as <c>/visitor/email</c>; empty for the whole
/// document. The name of a query parameter, if the fault is in one.</param>
/// <param name="Code">The kind of fault, for programs.</param>
/// <param name="Detail">A sentence that says what to change.</param>
internal sealed record FieldError(string Pointer, FieldErrorCode Code, string Detail)
{
    /// <returns>Null if a value is one of those that there are.</returns>
    /// <inheritdoc cref="FieldError"/>
    public static FieldError? OfChoice(string pointer, string? value, IReadOnlyCollection<string> values) =>
        value is not null && values.Contains(value) ? null : new(
            pointer, string.IsNullOrEmpty(value) ? FieldErrorCode.Missing : FieldErrorCode.UnknownValue,
            $"Choose one of {string.Join(", ", values)}.");

    /// <summary>What was found wrong, in the order of the checks; each that found nothing gives null.</summary>
    public static IReadOnlyList<FieldError> Found(params IEnumerable<FieldError?> faults) =>
        [.. faults.OfType<FieldError>()];

    /// <summary>The pointer to a field within fields.</summary>
    public static string PointerTo(params IEnumerable<string> names) => string.Concat(names.Select(name =>
        "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));
}

/// <summary>
/// The kind of fault in a field. In answers, the names are in snake case, such as <c>wrong_type</c>. They are a
/// contract: never change one.
/// </summary>
[JsonConverter(typeof(FieldErrorCodeConverter))]
internal enum FieldErrorCode
{
    /// <summary>The field is required, and is not there.</summary>
    Missing,

    /// <summary>There is no such field or query parameter.</summary>
    Unknown,

    /// <summary>The same thing is given twice.</summary>
    Repeated,

    /// <summary>The value has another JSON type than the field.</summary>
    WrongType,

    /// <summary>The body is not JSON in the form that is accepted.</summary>
    InvalidJson,

    /// <summary>The text shows nothing.</summary>
    Empty,

    /// <summary>There are too few or too many characters, bytes or items.</summary>
    InvalidLength,

    /// <summary>The number or the time is outside its bounds.</summary>
    OutOfRange,

    /// <summary>The text is no URL, time, id or whatever else the field takes.</summary>
    InvalidFormat,

    /// <summary>The field takes certain values, and this is none of them.</summary>
    UnknownValue,

    /// <summary>The text contains characters that nobody can see.</summary>
    InvisibleCharacters,

    /// <summary>The text contains characters that the field does not take.</summary>
    InvalidCharacters,

    /// <summary>Of fields that exclude each other, both are given, or neither.</summary>
    Conflicting,

    /// <summary>The URL begins with something other than <c>https://</c>.</summary>
    HttpsRequired,

    /// <summary>The URL contains a user name or a password.</summary>
    CredentialsInUrl,

    /// <summary>The URL contains a fragment.</summary>
    FragmentInUrl,

    /// <summary>The URL names a port that is not allowed.</summary>
    PortNotAllowed,

    /// <summary>The URL's host is not public.</summary>
    AddressNotPublic,

    /// <summary>Customers may not set this header.</summary>
    ReservedHeader,

    /// <summary>The stored value of a header was given for another host, or for another URL of it.</summary>
    OtherHost,

    /// <summary>The text is no signing secret.</summary>
    InvalidSecret,

    /// <summary>The subscription has no secret.</summary>
    NoSecret,

    /// <summary>The cursor belongs to another list.</summary>
    InvalidCursor,
}

/// <summary>Writes a <see cref="FieldErrorCode"/> as its name in answers.</summary>
internal sealed class FieldErrorCodeConverter()
    : JsonStringEnumConverter<FieldErrorCode>(JsonNamingPolicy.SnakeCaseLower);
