using System.Text;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.TestWebhooks;

/// <summary>Says which step of the verification fails, for developers of receivers.</summary>
internal sealed class VerifyFunction(SubscriptionStore subscriptions, SigningKeys keys, TimeProvider time)
{
    /// <summary>The largest request, in bytes: the largest event in base64, and headers.</summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>Headers of a request: as many as the usual web servers take.</summary>
    public const int MaxHeaders = 100;

    /// <summary>
    /// The longest value of one of the headers that are verified, in characters. Atrium's own have at most 300: six
    /// signatures.
    /// </summary>
    public const int MaxValueLength = 2048;

    /// <summary>
    /// <c>POST /api/tenants/{tenant}/verify</c>: 200 with the step that fails, if one does; 400 when there is nothing
    /// to verify; 404 for a subscription that is not there. Nothing of the request is kept or logged.
    /// </summary>
    [Function("Verify")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/verify")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        var (wanted, refusal) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.VerifyRequest, MaxBytes, cancellationToken);
        if (wanted is null)
        {
            return refusal!;
        }

        var body = wanted.BodyBase64 is { } encoded
            ? Decode(encoded) : wanted.Body is { } text ? Encoding.UTF8.GetBytes(text) : null;
        var errors = Errors(wanted, body).ToList();
        if (errors.Count > 0)
        {
            return Problem.BadRequest("This cannot be verified.", errors);
        }

        if (SecretChoice.Of(wanted.Secret).Secret is { } secret)
        {
            return Answer([secret]);
        }

        if (!SubscriptionId.IsValid(wanted.SubscriptionId!)
            || await subscriptions.FindAsync(tenant, wanted.SubscriptionId!, cancellationToken) is not { } subscription)
        {
            return SubscriptionChanges.NotFound();
        }

        return subscription.SigningAt(time.GetUtcNow()) is { } references
            ? Answer(await keys.GetAsync(references, cancellationToken))
            : Problem.BadRequest(
                "This cannot be verified.",
                new FieldError(
                "/subscriptionId", FieldErrorCode.NoSecret,
                "The subscription has no secret, so its requests are not signed. Give it one."));

        Ok<VerifyAnswer> Answer(IReadOnlyList<SigningSecret> secrets) =>
            TypedResults.Ok(Verification.Verify(wanted.Headers!, body!, secrets, time.GetUtcNow(), cancellationToken));
    }

    static IEnumerable<FieldError> Errors(VerifyRequest wanted, byte[]? body)
    {
        if (wanted.Headers is null || wanted.Headers.Values.Contains(null))
        {
            yield return new(
                "/headers", FieldErrorCode.Missing, "Send the headers as they came, as an object of names and texts.");
        }
        else if (wanted.Headers.Count > MaxHeaders)
        {
            yield return new(
                "/headers", FieldErrorCode.InvalidLength,
                $"Send at most {MaxHeaders} headers. Only those of the signature are needed.");
        }
        else
        {
            foreach (var (name, _) in wanted.Headers.Where(IsTooLong))
            {
                yield return new(
                    FieldError.PointerTo("headers", name), FieldErrorCode.InvalidLength,
                    $"The value has more than {MaxValueLength} characters. Atrium sends none that long.");
            }
        }

        if ((wanted.Body is null) == (wanted.BodyBase64 is null))
        {
            yield return new(
                "/body", FieldErrorCode.Conflicting,
                "Send the body as it came: either as text in body, or its bytes in bodyBase64.");
        }
        else if (body is null)
        {
            yield return new("/bodyBase64", FieldErrorCode.InvalidFormat, "This is not base64.");
        }

        if ((wanted.Secret is null) == (wanted.SubscriptionId is null))
        {
            yield return new(
                "/secret", FieldErrorCode.Conflicting,
                "Send either the secret, or the subscriptionId whose secret it is.");
        }
        else if (SecretChoice.Of(wanted.Secret).Fault is { } fault)
        {
            yield return fault;
        }
    }

    static bool IsTooLong(KeyValuePair<string, string> header) =>
        header.Value.Length > MaxValueLength && Verification.IsRead(header.Key);

    static byte[]? Decode(string encoded)
    {
        var buffer = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, buffer, out var length) ? buffer[..length] : null;
    }
}

/// <summary>A request as a receiver got it, and the secret that should have signed it.</summary>
internal sealed record VerifyRequest
{
    /// <summary>The headers by name, in any case; others than the three are ignored.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The body as text; exactly one of this and <see cref="BodyBase64"/>.</summary>
    public string? Body { get; init; }

    /// <summary>The body's bytes, which no copying and pasting can change.</summary>
    public string? BodyBase64 { get; init; }

    /// <summary>The secret; exactly one of this and <see cref="SubscriptionId"/>.</summary>
    public string? Secret { get; init; }

    /// <summary>The subscription whose secret it is.</summary>
    public string? SubscriptionId { get; init; }
}

/// <summary>The result of a verification.</summary>
/// <param name="Valid">Whether a receiver would accept the request.</param>
/// <param name="FailedStep">The first step that fails: <c>headers timestamp clock version secret body</c>; null when
/// it is valid. <c>body</c> means that another form of the same body fits, so that the secret is right.</param>
/// <param name="Explanation">What is wrong and what to do, in a sentence or two.</param>
internal sealed record VerifyAnswer(bool Valid, string? FailedStep, string Explanation);
