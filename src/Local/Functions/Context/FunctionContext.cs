namespace Microsoft.Azure.Functions.Worker;

/// <summary>One invocation of a function, as middleware and the function see it.</summary>
public abstract class FunctionContext
{
    /// <summary>The id of this invocation, unlike any other.</summary>
    public abstract string InvocationId { get; }

    /// <summary>The id of the function, the same at every invocation.</summary>
    public abstract string FunctionId { get; }

    /// <summary>The distributed trace that the cause of this invocation belongs to.</summary>
    public abstract TraceContext TraceContext { get; }

    /// <summary>What the trigger said besides its payload.</summary>
    public abstract BindingContext BindingContext { get; }

    /// <summary>How often this invocation has been repeated by a retry policy of the function.</summary>
    public abstract RetryContext RetryContext { get; }

    /// <summary>The services of this invocation: a scope that ends with it.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    /// <summary>The function being invoked.</summary>
    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>A place where middleware leaves things for others in the same invocation.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    /// <summary>The features of this invocation, by type.</summary>
    public abstract IInvocationFeatures Features { get; }

    /// <summary>Cancelled when the caller went away, the function's time is up, or the host stops and waits no longer.</summary>
    public virtual CancellationToken CancellationToken => CancellationToken.None;
}
