namespace Atrium.EndToEnd;

/// <summary>A log line as it is exported: of OpenTelemetry's protobuf, just what tests ask for.</summary>
/// <param name="TraceId">The trace that it is in; empty for one in none.</param>
/// <param name="Record">All of its record.</param>
internal sealed record ExportedLine(string TraceId, byte[] Record)
{
    // Numbers of fields in ExportLogsServiceRequest, ResourceLogs, ScopeLogs and LogRecord.
    const int ResourceLogs = 1;
    const int ScopeLogs = 2;
    const int LogRecords = 2;
    const int TraceIdField = 9;

    public static IEnumerable<ExportedLine> Of(byte[] request) =>
        from resource in ExportedSpan.Fields(request, ResourceLogs)
        from scope in ExportedSpan.Fields(resource, ScopeLogs)
        from record in ExportedSpan.Fields(scope, LogRecords)
        select new ExportedLine(
            string.Concat(ExportedSpan.Fields(record, TraceIdField).Select(Convert.ToHexStringLower)), record);
}
