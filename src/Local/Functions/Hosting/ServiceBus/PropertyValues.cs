using System.Runtime.Serialization;

namespace Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;

/// <summary>The types that an application property may have.</summary>
internal static class PropertyValues
{
    /// <exception cref="SerializationException">A value is of another type.</exception>
    public static void Require(IEnumerable<KeyValuePair<string, object>>? properties)
    {
        foreach (var (name, value) in properties ?? [])
        {
            if (!IsAllowed(value))
            {
                throw new SerializationException(
                    $"The property {name} is a {value.GetType()}, which AMQP does not have. Give it a number, a text, a truth value, a time, a Guid, a Uri or a Stream.");
            }
        }
    }

    static bool IsAllowed(object? value) => value is null
        or byte or sbyte or char or short or ushort or int or uint or long or ulong or float or double or decimal or bool
        or Guid or string or Uri or DateTime or DateTimeOffset or TimeSpan or Stream;
}
