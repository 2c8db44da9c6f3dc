using System.Collections;

namespace Atrium.Functions.Messaging;

/// <summary>
/// The AMQP 1.0 name for the type of a .NET object from the client. Developers of senders in other languages know these
/// names. http://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-types-v1.0-os.html
/// </summary>
internal static class AmqpType
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        bool => "boolean",
        byte => "ubyte",
        sbyte => "byte",
        ushort => "ushort",
        short => "short",
        uint => "uint",
        int => "int",
        ulong => "ulong",
        long => "long",
        float => "float",
        double => "double",
        decimal => "decimal",
        char => "char",
        string => "string",
        Guid => "uuid",
        DateTime or DateTimeOffset => "timestamp",
        byte[] or ArraySegment<byte> or ReadOnlyMemory<byte> or BinaryData => "binary",
        IDictionary => "map",
        IEnumerable => "list",
        _ => value.GetType().Name,
    };
}
