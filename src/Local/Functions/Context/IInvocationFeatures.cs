using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The features of an invocation, by type.</summary>
[SuppressMessage("Naming", "CA1716:Identifiers should not match keywords", Justification = "The worker's own names.")]
public interface IInvocationFeatures : IEnumerable<KeyValuePair<Type, object>>
{
    /// <summary>Sets the feature of a type, replacing an earlier one.</summary>
    /// <typeparam name="T">The type under which it is found.</typeparam>
    /// <param name="instance">The feature.</param>
    void Set<T>(T instance);

    /// <summary>Gets the feature of a type, or the type's default when there is none.</summary>
    /// <typeparam name="T">The type under which it was set.</typeparam>
    /// <returns>The feature, or default.</returns>
    T? Get<T>();
}
