using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Atrium.Local.Host.Worker;
using Atrium.Local.Host.Worker.Messages;

namespace Atrium.Local.Host.Tests.Support;

/// <summary>Has a test run the functions.</summary>
internal sealed class FakeInvoker
{
    readonly Channel<Run> _runs = Channel.CreateUnbounded<Run>();

    public bool Any => _runs.Reader.Count > 0;

    public Task<Run> NextAsync() => _runs.Reader.ReadAsync().AsTask().Soon();

    public Task InvokeAsync(Function function, ParameterBinding trigger, ActivityContext parent)
    {
        var run = new Run(JsonSerializer.Deserialize<JsonElement>(trigger.Data.Json));
        _runs.Writer.TryWrite(run);
        return run.End.Task;
    }

    /// <summary>A function that runs until the test ends it.</summary>
    /// <param name="Timer">What its trigger says.</param>
    internal sealed record Run(JsonElement Timer)
    {
        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsPastDue => Timer.GetProperty(nameof(IsPastDue)).GetBoolean();

        public JsonElement Status => Timer.GetProperty("ScheduleStatus");
    }
}
