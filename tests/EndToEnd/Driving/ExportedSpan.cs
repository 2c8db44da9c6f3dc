using System.Text;

namespace Atrium.EndToEnd;

/// <summary>A span as it is exported: of OpenTelemetry's protobuf, just what tests ask for.</summary>
internal sealed record ExportedSpan(string TraceId, string Name)
{
    // Numbers of fields in ExportTraceServiceRequest, ResourceSpans, ScopeSpans and Span.
    const int ResourceSpans = 1;
    const int ScopeSpans = 2;
    const int Spans = 2;
    const int TraceIdField = 1;
    const int NameField = 5;

    public static IEnumerable<ExportedSpan> Of(byte[] request) =>
        from resource in Fields(request, ResourceSpans)
        from scope in Fields(resource, ScopeSpans)
        from span in Fields(scope, Spans)
        select new ExportedSpan(
            Convert.ToHexStringLower(Fields(span, TraceIdField)[0]),
            Encoding.UTF8.GetString(Fields(span, NameField)[0]));

    /// <summary>All fields with a number that have bytes.</summary>
    public static List<byte[]> Fields(ReadOnlySpan<byte> message, int number)
    {
        var found = new List<byte[]>();
        while (message.Length > 0)
        {
            var key = Varint(ref message);
            switch (key & 7)
            {
                case 0:
                    Varint(ref message);
                    break;
                case 1:
                    message = message[sizeof(ulong)..];
                    break;
                case 5:
                    message = message[sizeof(uint)..];
                    break;
                case 2:
                    var length = (int)Varint(ref message);
                    if ((int)(key >> 3) == number)
                    {
                        found.Add(message[..length].ToArray());
                    }

                    message = message[length..];
                    break;
                default:
                    throw new InvalidDataException($"Protobuf has no field type {key & 7}.");
            }
        }

        return found;
    }

    static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
