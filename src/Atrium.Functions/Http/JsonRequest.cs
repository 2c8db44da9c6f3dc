using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Http;

/// <summary>
/// Reads a request's JSON strictly: a misspelt field is an error, not a default. Errors do not repeat values, which may
/// be secret.
/// </summary>
internal static partial class JsonRequest
{
    // No request has more than three.
    const int MaxDepth = 8;

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <param name="type">What to read.</param>
    /// <param name="maxBytes">The most bytes accepted.</param>
    /// <returns>The value, or the answer that says what is wrong.</returns>
    public static async Task<(T? Value, IResult? Refusal)> ReadAsync<T>(
        HttpRequest request, JsonTypeInfo<T> type, int maxBytes, CancellationToken cancellationToken)
        where T : class
    {
        var (body, refusal) = await RequestBody.ReadAsync(request, maxBytes, cancellationToken);
        if (body is null)
        {
            return (null, refusal);
        }

        var (value, errors) = Read(WithoutMark(body.ToMemory()), type);
        return (value, value is null ? Problem.BadRequest("The body is not what is accepted here.", errors) : null);
    }

    // RFC 8259, 8.1: a reader of JSON may ignore it.
    static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body;

    static (T? Value, IReadOnlyList<FieldError> Errors) Read<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        // The reader would find it in some places only, and blame the field.
        if (!Utf8.IsValid(body.Span))
        {
            return (null, [new FieldError("", FieldErrorCode.InvalidJson, "The body is not UTF-8.")]);
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (null, [new FieldError("", FieldErrorCode.WrongType, "The body must be a JSON object.")]);
            }

            var fields = type.Properties.Select(property => property.Name).ToList();
            var detail = $"There is no such field; the fields are {string.Join(", ", fields)}.";
            var unknown = document.RootElement.EnumerateObject().Where(field => !fields.Contains(field.Name))
                .Select(field => new FieldError(FieldError.PointerTo(field.Name), FieldErrorCode.Unknown, detail))
                .ToList();
            return unknown.Count > 0 ? (null, unknown) : (document.RootElement.Deserialize(type), []);
        }
        catch (JsonException e) when (e.Path is { Length: > 1 } path)
        {
            var pointer = FieldError.PointerTo(Steps().Matches(path).Select(step => step.Groups["name"].Value));
            return (null, [new FieldError(pointer, FieldErrorCode.WrongType, "This value is of the wrong kind.")]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not the exception's message: it repeats a part of the body.
            return (null, [new FieldError(
                "", FieldErrorCode.InvalidJson,
                $"The body is not valid JSON, names a field twice, or nests deeper than {MaxDepth} levels.")]);
        }
    }

    // Such as $.events[1] and $.headers['a.b'].
    [GeneratedRegex(@"\.(?<name>[^.\[]+)|\['(?<name>[^']*)'\]|\[(?<name>\d+)\]", RegexOptions.ExplicitCapture)]
    private static partial Regex Steps();
}
