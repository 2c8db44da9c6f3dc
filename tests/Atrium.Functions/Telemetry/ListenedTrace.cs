using System.Collections.Concurrent;
using System.Diagnostics;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>Listens to one trace; those of tests that run at the same time stay as if nobody listened.</summary>
sealed class ListenedTrace : IDisposable
{
    readonly ActivityTraceId _id = ActivityTraceId.CreateRandom();
    readonly ConcurrentQueue<Activity> _ended = new();
    readonly ActivityListener _listener;

    public ListenedTrace()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId == _id ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The span under which everything hangs.</summary>
    public ActivitySpanId Root { get; private set; } = ActivitySpanId.CreateRandom();

    public string Parent => $"00-{_id}-{Root}-01";

    /// <summary>The app's own spans, in the order in which they ended.</summary>
    public IReadOnlyList<Activity> Ended => [.. _ended];

    /// <summary>Begins what the app's spans hang under, as ASP.NET Core or the host does.</summary>
    public Activity Begin(string name)
    {
        var activity = new Activity(name).SetIdFormat(ActivityIdFormat.W3C)
            .SetParentId(_id, Root, ActivityTraceFlags.Recorded).Start();
        Root = activity.SpanId;
        return activity;
    }

    public void Dispose() => _listener.Dispose();
}
