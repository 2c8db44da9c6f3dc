using System.Diagnostics;
using Atrium.Local.Host.Worker.Messages;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.Worker;

/// <summary>Runs a function once for its trigger, in the current worker or the next.</summary>
/// <exception cref="FunctionFailedException">It failed, was cancelled, or its worker died.</exception>
/// <exception cref="OperationCanceledException">The host stops, and there was no worker for it.</exception>
internal delegate Task InvokeFunction(Function function, ParameterBinding trigger, ActivityContext parent);

/// <summary>
/// Has the worker run a function once: with a bound on its time, a trace, and a log line when it fails. As at the real
/// host, the worker of a function that does not heed the bound is ended, and followed by another.
/// </summary>
/// <param name="workers">Who runs it.</param>
/// <param name="timeout">After what time it is cancelled; host.json's functionTimeout.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs failures.</param>
/// <param name="cutOff">Cancelled when the host stops and has waited long enough.</param>
internal sealed partial class FunctionInvoker(
    WorkerSupervisor workers, TimeSpan timeout, TimeProvider time, ILogger<FunctionInvoker> logger,
    CancellationToken cutOff)
{
    /// <inheritdoc cref="InvokeFunction"/>
    public async Task InvokeAsync(Function function, ParameterBinding trigger, ActivityContext parent)
    {
        var worker = await workers.CurrentAsync(cutOff)
            ?? throw new FunctionFailedException(function.Name, "No worker is started any more.");
        await InvokeAsync(worker, function, Request(function, trigger), parent, null, CancellationToken.None);
    }

    /// <summary>Runs it in this worker.</summary>
    /// <param name="worker">Who runs it.</param>
    /// <param name="function">What is run.</param>
    /// <param name="request">With what.</param>
    /// <param name="parent">The trace of which it is a part.</param>
    /// <param name="onSent">Called when the request has gone out to the worker.</param>
    /// <param name="callerGone">Cancelled when nobody waits for it any more.</param>
    /// <exception cref="FunctionFailedException">It failed, was cancelled, or its worker died.</exception>
    public async Task InvokeAsync(
        RunningWorker worker, Function function, InvocationRequest request, ActivityContext parent,
        Action? onSent, CancellationToken callerGone)
    {
        using var timeIsUp = new CancellationTokenSource(timeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeIsUp.Token, callerGone, cutOff);
        using var graceIsOver = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var overtime = timeIsUp.Token.Register(() =>
        {
            Log.TimeIsUp(logger, function.Name, request.InvocationId, timeout);
            graceIsOver.CancelAfter(FunctionsHost.GraceTime);
        });
        using var ending = graceIsOver.Token.Register(() =>
        {
            Log.GraceIsOver(logger, function.Name, request.InvocationId, FunctionsHost.GraceTime.TotalSeconds);
            worker.Kill();
        });
        using var activity = Started(function, parent);
        request.TraceContext = new() { TraceParent = activity.Id, TraceState = activity.TraceStateString ?? "" };
        Log.Executing(logger, function.Name, request.InvocationId);
        var result = await ResultAsync(worker, request, onSent, end.Token);
        if (result.Status != StatusResult.Types.Status.Success && !callerGone.IsCancellationRequested)
        {
            Log.Failed(logger, function.Name, request.InvocationId, Reason(result));
        }

        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new FunctionFailedException(function.Name, Reason(result));
        }
    }

    public static InvocationRequest Request(Function function, ParameterBinding trigger) =>
        new() { InvocationId = Guid.NewGuid().ToString(), FunctionId = function.Id, InputData = { trigger } };

    static async Task<StatusResult> ResultAsync(
        RunningWorker worker, InvocationRequest request, Action? onSent, CancellationToken cancel)
    {
        try
        {
            return await worker.InvokeAsync(request, onSent, cancel);
        }
        catch (WorkerLostException lost)
        {
            return new() { Status = StatusResult.Types.Status.Failure, Exception = new() { Message = lost.Message } };
        }
    }

    // There is always an activity, even if nobody listens, so that the worker always has a trace.
    static Activity Started(Function function, ActivityContext parent)
    {
        var activity = new Activity($"function {function.Name}").SetIdFormat(ActivityIdFormat.W3C);
        if (parent != default)
        {
            activity.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
            activity.TraceStateString = parent.TraceState;
        }
        else
        {
            // Whether it is kept is for the app to decide, which would drop one that says it is not.
            activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        }

        return activity.Start();
    }

    static string Reason(StatusResult result) => result switch
    {
        { Exception: { } exception } => $"{exception.Message}\n{exception.StackTrace}".TrimEnd(),
        { Status: StatusResult.Types.Status.Cancelled } => "It was cancelled.",
        _ => result.Result,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Executing function {Function} (invocation {InvocationId}).")]
        public static partial void Executing(ILogger logger, string function, string invocationId);

        [LoggerMessage(2, LogLevel.Error, "Function {Function} failed (invocation {InvocationId}): {Reason}")]
        public static partial void Failed(ILogger logger, string function, string invocationId, string reason);

        [LoggerMessage(
            3, LogLevel.Warning,
            "Function {Function} has run for {Timeout}, host.json's functionTimeout; "
            + "its token is cancelled (invocation {InvocationId}).")]
        public static partial void TimeIsUp(ILogger logger, string function, string invocationId, TimeSpan timeout);

        [LoggerMessage(
            4, LogLevel.Error,
            "Function {Function} has gone on for {GraceSeconds} s after its token was cancelled; "
            + "its worker is ended (invocation {InvocationId}).")]
        public static partial void GraceIsOver(
            ILogger logger, string function, string invocationId, double graceSeconds);
    }
}

/// <summary>A function has not returned as it should.</summary>
internal sealed class FunctionFailedException(string function, string reason)
    : Exception($"Function {function} failed: {reason}");
