using System.Net;
using System.Security.Cryptography.X509Certificates;
using Atrium.Functions.Http;

namespace Atrium.Functions.Egress;

/// <summary>
/// The only code that sends anything to a customer. Whatever the endpoint does is a value, one call is one request
/// (sent again only where the receiver has not seen it), and everything is bounded: the time, the headers, the body.
/// Thread-safe.
/// </summary>
internal sealed partial class EgressClient : IDisposable
{
    /// <summary>
    /// How long a connection in steady use may keep an address after the name or the rules have changed.
    /// </summary>
    public static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>
    /// After how long without a request a connection is closed. .NET looks for such connections once a second, so one
    /// can still be used until <see cref="LongestIdle"/>.
    /// </summary>
    /// <remarks>
    /// Node.js and Apache close an idle connection after 5 s. A request that crosses their close on the wire would
    /// fail, and cost an attempt.
    /// </remarks>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How long a connection may have been without a request when one is sent on it.</summary>
    public static readonly TimeSpan LongestIdle = IdleTimeout + TimeSpan.FromSeconds(1);

    // If a connection was closed before a request arrived, we learn it within this time: a round trip around the world,
    // and a lost packet. If the receiver closes later, it may have processed the request.
    static readonly TimeSpan ClosedMeanwhile = TimeSpan.FromSeconds(1);

    readonly EgressOptions options;
    readonly TimeProvider time;
    readonly ILogger<EgressClient> logger;
    readonly HttpMessageInvoker pooled;
    readonly HttpMessageInvoker fresh;

    /// <param name="options">The settings, already validated.</param>
    /// <param name="time">Measures, and ends what takes too long.</param>
    /// <param name="logger">Logs what was blocked.</param>
    /// <param name="resolve">Gives a name's addresses; the system's resolver when null.</param>
    /// <param name="roots">The certificate authorities to trust; the machine's when null.</param>
    /// <param name="idle">In place of <see cref="IdleTimeout"/>, which passes by the machine's clock.</param>
    public EgressClient(
        EgressOptions options,
        TimeProvider time,
        ILogger<EgressClient> logger,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null,
        X509Certificate2Collection? roots = null,
        TimeSpan? idle = null)
    {
        (this.options, this.time, this.logger) = (options, time, logger);
        var lookup = new ValidatedLookup(options, time, resolve ?? Dns.GetHostAddressesAsync);
        var connector = new EgressConnector(options, time, lookup, new TlsHandshake(roots));
        pooled = new(Handler(connector, time, ConnectionLifetime, idle ?? IdleTimeout));
        // A connection without a lifetime carries one request.
        fresh = new(Handler(connector, time, TimeSpan.Zero, IdleTimeout));
    }

    /// <summary>Sends one request and reads the beginning of the answer.</summary>
    /// <param name="request">What to send, and where.</param>
    /// <param name="cancellationToken">Gives up while there is no status. Once there is one, it is returned, because
    /// the event may have been delivered.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before the endpoint answered.</exception>
    public async Task<Exchange> SendAsync(OutgoingRequest request, CancellationToken cancellationToken)
    {
        var validation = EndpointUrl.Validate(request.Url, options);
        if (!validation.IsAllowed)
        {
            Log.BlockedUrl(logger, validation.Rule ?? validation.Refusal);
            return new()
            {
                Error = ErrorClass.Blocked,
                Cause = validation.Code == FieldErrorCode.AddressNotPublic ? FailureCause.AddressNotPublic : null,
                Explanation = validation.Refusal,
                BlockedRule = validation.Rule,
            };
        }

        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var (exchange, trace) = await TryAsync(
            pooled, request, validation.Url, started, either.Token, cancellationToken);
        if (exchange.Error == ErrorClass.Reset && trace.IsUnansweredOnReused
            && time.GetElapsedTime(trace.SentAt) <= ClosedMeanwhile)
        {
            // The receiver closed an idle connection just as the request went out (RFC 9112, section 9.3.1). If it did
            // see the request, it recognizes the second one by its webhook-id.
            (exchange, _) = await TryAsync(fresh, request, validation.Url, started, either.Token, cancellationToken);
            exchange = exchange with { Resent = true };
        }

        if (exchange.Error == ErrorClass.Blocked)
        {
            Log.BlockedAddress(logger, validation.Url.Origin, exchange.RemoteAddress, exchange.BlockedRule);
        }

        return exchange;
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        pooled.Dispose();
        fresh.Dispose();
    }

    async Task<(Exchange Exchange, ConnectionTrace Trace)> TryAsync(
        HttpMessageInvoker invoker,
        OutgoingRequest request,
        EndpointUrl url,
        long started,
        CancellationToken either,
        CancellationToken caller)
    {
        var trace = new ConnectionTrace();
        using var message = Message(request, url.Uri, trace);
        try
        {
            ConnectionTrace.Current = trace;
            using var response = await invoker.SendAsync(message, either);
            if (response.StatusCode < HttpStatusCode.Continue)
            {
                // The handler takes any three digits (RFC 9110, section 15).
                throw new HttpRequestException(HttpRequestError.InvalidResponse, "The status is below 100.");
            }

            var firstByte = time.GetElapsedTime(started);
            var (body, sound) = await ExcerptReader.ReadAsync(response.Content, time, either);
            var exchange = Answered(response, url.Uri, body);
            if (exchange.Succeeded && !sound)
            {
                var explanation = Explanation.BodyHung((int)response.StatusCode);
                exchange = exchange with { Error = ErrorClass.Body, Explanation = explanation };
            }

            return (Finished(exchange, firstByte), trace);
        }
        catch (Exception e) when (SendFailure.IsExpected(e))
        {
            // The readable part of the answer counts even if the rest cannot be read: after a 2xx, the receiver has the
            // event.
            using var response = ResponseHead.Read(trace.Head);
            if (response is null)
            {
                caller.ThrowIfCancellationRequested();
                return (Finished(SendFailure.Of(e, url.Uri.IdnHost, trace, options.Timeout), null), trace);
            }

            var exchange = Answered(response, url.Uri, BodyExcerpt.None);
            exchange = exchange with
            {
                Error = ErrorClass.Http,
                Explanation = exchange.Explanation + SendFailure.OfAnswered(e),
            };
            return (Finished(exchange, null), trace);
        }

        Exchange Finished(Exchange exchange, TimeSpan? firstByte) =>
            Echo.Hide(exchange, request.CustomHeaders.Values) with
            {
                Requested = url.Uri,
                RemoteAddress = exchange.RemoteAddress ?? trace.Progress.Address,
                Timings = ExchangeTimings.Of(trace.Progress, firstByte, time.GetElapsedTime(started)),
            };
    }

    Exchange Answered(HttpResponseMessage response, Uri requested, BodyExcerpt body)
    {
        var status = (int)response.StatusCode;
        var location = status is >= 300 and <= 399 ? ResponseHeaders.Location(response, requested) : null;
        var excerpt = ReadableExcerpt.Of(
            body, ResponseHeaders.OfContent(response, "Content-Encoding"),
            ResponseHeaders.OfContent(response, "Content-Type"));
        var text = excerpt?.Text() ?? "";
        var exchange = new Exchange
        {
            Status = status,
            Cause = AnswerCause.Of(status, location, text),
            Explanation = Explanation.Answered(status, location, text)
                + (excerpt is null ? Explanation.Unreadable : ""),
            Headers = ResponseHeaders.Kept(response),
            // Half of one is of no use.
            Location = location?.AbsoluteUri is { Length: <= EndpointUrl.MaxLength } whole ? whole : null,
            RetryAfter = RetryAfter.Parse(ResponseHeaders.First(response, "Retry-After"), time.GetUtcNow()),
            Body = excerpt ?? BodyExcerpt.None,
        };
        return exchange.Succeeded ? exchange : exchange with { Error = ErrorClass.Http };
    }

    static HttpRequestMessage Message(OutgoingRequest request, Uri uri, ConnectionTrace trace)
    {
        // HTTP/1.1, not 2: a request then has a connection to itself, and never waits for, or dies with, that of
        // another.
        var message =
            new HttpRequestMessage(HttpMethod.Post, uri)
            {
                Version = HttpVersion.Version11,
                Content = new ReadOnlyMemoryContent(request.Body)
            };
        message.Options.Set(ConnectionTrace.Key, trace);
        foreach (var (name, value) in request.Headers())
        {
            if (name == "Content-Type")
            {
                message.Content.Headers.Add(name, value);
            }
            else if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                // Without the value, which may be a credential.
                throw new InvalidOperationException($"The header {name} cannot be sent with a request.");
            }
        }

        return message;
    }

    static SocketsHttpHandler Handler(
        EgressConnector connector, TimeProvider time, TimeSpan lifetime, TimeSpan idle) => new()
        {
            ConnectCallback = connector.ConnectAsync,
            PlaintextStreamFilter = (context, _) =>
                ValueTask.FromResult<Stream>(new TracedStream(context.PlaintextStream, time)),
            // Following a redirect would turn the POST into a GET, and the admin would not see where it leads.
            AllowAutoRedirect = false,
            // With a proxy, the callback would judge the proxy's address and not the endpoint's.
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            // No trace id goes to a customer, and no URL of a customer into a trace.
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = ResponseHeaders.MaxKibibytes,
            // The rest of a long body is not read to save the connection.
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = lifetime,
            PooledConnectionIdleTimeout = idle,
        };

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "Sent nothing: a subscription's URL is no longer allowed ({Reason}). Its admin has to change it.")]
        public static partial void BlockedUrl(ILogger logger, string reason);

        [LoggerMessage(
            2, LogLevel.Warning, "Sent nothing to {Origin}: it resolves to {Address}, which the rule {Rule} denies.")]
        public static partial void BlockedAddress(ILogger logger, string origin, IPAddress? address, string? rule);
    }
}
