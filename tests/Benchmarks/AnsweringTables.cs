using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Atrium.Benchmarks;

/// <summary>
/// Answers for Table Storage: whatever is read is a subscription, and whatever is written is taken. It costs little
/// itself, so that what is measured is the client.
/// </summary>
/// <param name="url">The subscription's.</param>
sealed class AnsweringTables(string url) : HttpMessageHandler
{
    // What Table Storage takes, about; meanwhile attempts gather for the next transaction.
    static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(5);

    static readonly MediaTypeHeaderValue Multipart =
        MediaTypeHeaderValue.Parse("multipart/mixed; boundary=batchresponse_1");

    static readonly MediaTypeHeaderValue Json = MediaTypeHeaderValue.Parse("application/json");

    readonly byte[] _subscription = Encoding.UTF8.GetBytes($$"""
        {"odata.etag":"W/\"1\"","PartitionKey":"t","RowKey":"sub_1","Timestamp":"2026-04-15T09:30:00Z","Url":"{{url}}",
        "Events":"*","CreatedAt@odata.type":"Edm.DateTime","CreatedAt":"2026-04-15T09:30:00Z"}
        """);

    readonly ConcurrentQueue<MemoryStream> _buffers = new();
    readonly ConcurrentDictionary<int, byte[]> _taken = new();
    int _rows;

    /// <summary>How many rows were written.</summary>
    public int Rows => _rows;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = request.Method == HttpMethod.Get
            ? Answer(HttpStatusCode.OK, _subscription, Json)
            : Taken(await RowsOfAsync(request, cancellationToken));
        await Task.Delay(Latency, TimeProvider.System, cancellationToken);
        return answer;
    }

    async Task<int> RowsOfAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var buffer = _buffers.TryDequeue(out var used) ? used : new MemoryStream();
        buffer.SetLength(0);
        await request.Content!.CopyToAsync(buffer, cancellationToken);
        var rows = buffer.GetBuffer().AsSpan(0, (int)buffer.Length).Count("POST http"u8);
        _buffers.Enqueue(buffer);
        return rows;
    }

    HttpResponseMessage Taken(int rows)
    {
        Interlocked.Add(ref _rows, Math.Max(1, rows));
        // A row that goes alone is no transaction.
        return rows == 0
            ? Answer(HttpStatusCode.NoContent, [], Json)
            : Answer(HttpStatusCode.Accepted, _taken.GetOrAdd(rows, TransactionTaken), Multipart);
    }

    static byte[] TransactionTaken(int rows)
    {
        var answer = new StringBuilder(
            "--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n");
        for (var row = 0; row < rows; row++)
        {
            answer.Append(
                "--changesetresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                + "HTTP/1.1 204 No Content\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-cache\r\n"
                + "Preference-Applied: return-no-content\r\nDataServiceVersion: 3.0;\r\n"
                + "ETag: W/\"datetime'2026-04-15T09%3A30%3A00.0000000Z'\"\r\n\r\n\r\n");
        }

        answer.Append("--changesetresponse_1--\r\n--batchresponse_1--\r\n");
        return Encoding.ASCII.GetBytes(answer.ToString());
    }

    static HttpResponseMessage Answer(HttpStatusCode status, byte[] body, MediaTypeHeaderValue type) => new(status)
    {
        Content = new ByteArrayContent(body) { Headers = { ContentType = type } },
    };
}
