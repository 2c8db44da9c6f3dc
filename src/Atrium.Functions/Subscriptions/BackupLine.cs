using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Atrium.Functions.Storage;
using Azure.Data.Tables;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// A line of a backup: a row with its cells and their types, by the names of the table's own protocol.
/// </summary>
internal static class BackupLine
{
    static readonly byte[] NewLine = [(byte)'\n'];

    public static byte[] Of(TableEntity row)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            // The service writes these two itself.
            foreach (var (name, value) in row.Where(
                cell => cell.Key is not (nameof(row.Timestamp) or "odata.etag" or TableGateway.Mark)))
            {
                json.WriteStartArray(name);
                json.WriteStringValue(Edm.TypeOf(value));
                json.WriteStringValue(Edm.Write(value));
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        line.Write(NewLine);
        return line.WrittenSpan.ToArray();
    }

    /// <summary>The row of a line. Null when the line is not whole, or was changed by hand into none.</summary>
    public static TableEntity? TryRow(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var row = new TableEntity();
            foreach (var cell in json.RootElement.EnumerateObject())
            {
                row[cell.Name] = Edm.Read(cell.Value[0].GetString()!, cell.Value[1].GetString()!);
            }

            return row is { PartitionKey: not null, RowKey: not null } ? row : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or OverflowException or InvalidDataException
            or InvalidOperationException or IndexOutOfRangeException or ArgumentNullException)
        {
            return null;
        }
    }
}

/// <summary>
/// The types that a cell can have, as text
/// (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model).
/// </summary>
internal static class Edm
{
    public static string TypeOf(object value) => value switch
    {
        string => "Edm.String",
        bool => "Edm.Boolean",
        int => "Edm.Int32",
        long => "Edm.Int64",
        double => "Edm.Double",
        Guid => "Edm.Guid",
        DateTimeOffset or DateTime => "Edm.DateTime",
        byte[] or BinaryData => "Edm.Binary",
        _ => throw new InvalidDataException($"A cell of a table cannot be a {value.GetType()}."),
    };

    public static string Write(object value) => value switch
    {
        DateTimeOffset at => at.ToString("O", CultureInfo.InvariantCulture),
        DateTime at => at.ToString("O", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToBase64String(bytes),
        BinaryData bytes => Convert.ToBase64String(bytes.ToMemory().Span),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    public static object Read(string type, string text) => type switch
    {
        "Edm.String" => text,
        "Edm.Boolean" => bool.Parse(text),
        "Edm.Int32" => int.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Int64" => long.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Double" => double.Parse(text, CultureInfo.InvariantCulture),
        "Edm.Guid" => Guid.Parse(text),
        "Edm.DateTime" => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
        "Edm.Binary" => Convert.FromBase64String(text),
        _ => throw new InvalidDataException($"The backup has a cell of a type that no table has: {type}."),
    };
}
