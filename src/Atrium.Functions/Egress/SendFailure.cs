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
                Cause = failed.Cause,
                Explanation = failed.Message,
                BlockedRule = failed.BlockedRule,
                RemoteAddress = failed.Address
            };
        }

        (ErrorClass Error, FailureCause? Cause, string Explanation) found = e switch
        {
            _ when ResponseHead.IsHttp2(trace.Head) =>
                (ErrorClass.Http, FailureCause.Http2Only, Explanation.OnlyHttp2(host)),
            OperationCanceledException =>
                (ErrorClass.Timeout, CauseOf(progress.Phase), Explanation.TimedOut(host, progress.Phase, timeout)),
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
                (ErrorClass.Http, null, Explanation.NoStatus(host, ResponseHeaders.MaxKibibytes)),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } =>
                (ErrorClass.Http, FailureCause.NotHttp, Explanation.NotHttp(host)),
            _ => (ErrorClass.Reset, null, Explanation.Reset(host)),
        };
        return new()
        {
            Error = found.Error,
            Cause = found.Cause,
            Explanation = found.Explanation,
            RemoteAddress = progress.Address,
        };
    }

    /// <summary>What took too long when the time ran out in a phase; see <see cref="Explanation.TimedOut"/>.</summary>
    public static FailureCause CauseOf(ConnectionPhase phase) => phase switch
    {
        ConnectionPhase.Dns => FailureCause.NameServersSilent,
        ConnectionPhase.Connect => FailureCause.ConnectTimeout,
        ConnectionPhase.Tls => FailureCause.TlsTimeout,
        _ => FailureCause.AnswerTimeout,
    };

    static ConnectFailedException? ConnectFailure(Exception? e) =>
        e is null or ConnectFailedException ? e as ConnectFailedException : ConnectFailure(e.InnerException);
}
