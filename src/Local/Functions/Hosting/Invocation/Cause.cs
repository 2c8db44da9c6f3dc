namespace Microsoft.Azure.Functions.Worker.Hosting.Invocation;

/// <summary>Why a function is invoked.</summary>
/// <param name="Trigger">What the trigger brought; the parameter sources of its kind know its type.</param>
/// <param name="BindingData">What the trigger says besides.</param>
/// <param name="Trace">The trace that it belongs to.</param>
internal sealed record Cause(object Trigger, IReadOnlyDictionary<string, object?> BindingData, ReceivedTrace Trace)
{
    /// <summary>What the invocation's items hold from the start.</summary>
    public IReadOnlyDictionary<object, object> Items { get; init; } = new Dictionary<object, object>();

    /// <summary>What becomes of the function's result, while the invocation's services still live.</summary>
    public Func<FunctionContext, object?, Task> Deliver { get; init; } = static (_, _) => Task.CompletedTask;
}
