using System.Diagnostics;

namespace Microsoft.Azure.Functions.Worker.Hosting.Invocation;

/// <summary>The W3C trace context that came with a cause; empty texts for none.</summary>
internal sealed class ReceivedTrace(string? parent, string? state = null) : TraceContext
{
    public static ReceivedTrace None { get; } = new(null);

    public override string TraceParent => parent ?? "";

    public override string TraceState => state ?? "";

    /// <summary>The context as a parent for activities; default when there is none, or none that can be read.</summary>
    public ActivityContext Remote => ActivityContext.TryParse(parent, state, isRemote: true, out var context) ? context : default;
}
