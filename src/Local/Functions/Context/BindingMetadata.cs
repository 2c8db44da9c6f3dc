namespace Microsoft.Azure.Functions.Worker;

/// <summary>One binding of a function.</summary>
public abstract class BindingMetadata
{
    /// <summary>The name of the parameter that is bound.</summary>
    public abstract string Name { get; }

    /// <summary>The kind of binding, such as <c>httpTrigger</c>, <c>serviceBusTrigger</c> or <c>timerTrigger</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Whether it brings something in or takes something out.</summary>
    public abstract BindingDirection Direction { get; }
}
