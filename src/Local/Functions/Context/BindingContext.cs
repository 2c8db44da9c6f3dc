namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a trigger says besides its payload.</summary>
public abstract class BindingContext
{
    /// <summary>Values by name: an HTTP request's route values, a message's system properties.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}
