namespace Atrium.Functions.Egress;

/// <summary>What an exception on the way to an answer means.</summary>
internal static class SendFailure
{
    /// <summary>
    /// Whether the exception is about the endpoint or the network. Anything else is a mistake of ours.
    /// </summary>
    public static bool IsExpected(Exception e) =>
        e is HttpRequestException or IOException or OperationCanceledException;

    /// <summary>
    /// What kept an answer that has a status from being read to its end: a sentence to stand behind the one about the
    /// status.
    /// </summary>
    /// <param name="e">An expected one.</param>
    public static string OfAnswered(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            Explanation.HeadersTooLong(ResponseHeaders.MaxKibibytes),
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => Explanation.HeaderBroken,
        _ => Explanation.HeadersUnfinished,
    };

    /// <summary>The exchange that the exception ended before there was a status.</summary>
    /// <param name="e">An expected one, and not the caller's cancellation.</param>
    /// <param name="host">The host of the URL.</param>
    /// <param name="trace">How far the connection had come, and what came back.</param>
    /// <param name="timeout">The deadline that was given.</param>
    public static Exchange Of(Exception e, string host, ConnectionTrace trace, TimeSpan timeout)
    {
        var progress = trace.Progress;
        if (ConnectFailure(e) is { } failed)
        {
            return new()
            {
                Error = failed.Error,
                Explanation = failed.Message,
                BlockedRule = failed.BlockedRule,
                RemoteAddress = failed.Address
            };
        }

        var (error, explanation) = e switch
        {
            _ when ResponseHead.IsHttp2(trace.Head) => (ErrorClass.Http, Explanation.OnlyHttp2(host)),
            OperationCanceledException => (ErrorClass.Timeout, Explanation.TimedOut(host, progress.Phase, timeout)),
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
                (ErrorClass.Http, Explanation.NoStatus(host, ResponseHeaders.MaxKibibytes)),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } =>
                (ErrorClass.Http, Explanation.NotHttp(host)),
            _ => (ErrorClass.Reset, Explanation.Reset(host)),
        };
        return new() { Error = error, Explanation = explanation, RemoteAddress = progress.Address };
    }

    static ConnectFailedException? ConnectFailure(Exception? e) =>
        e is null or ConnectFailedException ? e as ConnectFailedException : ConnectFailure(e.InnerException);
}
