using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Atrium.Functions.Signing;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

/// <summary>
/// The receivers that customers copy, each as it is started, on requests that our own code signs. They take the time
/// from the system's clock.
/// </summary>
public sealed class SampleReceiverTests(ITestOutputHelper output)
{
    // A letter of two bytes, and spaces and an escape that no JSON library would write again.
    const string Body = """{ "event":"visitor.checked_in",  "visitor":{"first_name":"Zoë","company":"A\u0026B"} }""";

    static readonly SigningSecret Secret = SigningSecret.Generate(RandomNumberGenerator.GetBytes);

    static readonly SigningSecret Other = SigningSecret.Generate(RandomNumberGenerator.GetBytes);

    public static TheoryData<string> Samples => ["csharp", "csharp-by-hand", "javascript", "python", "node-red"];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_takes_what_is_signed_once_and_does_nothing_with_tests_and_strangers(string sample)
    {
        await using var receiver = await SampleReceiver.StartAsync(sample, Secret.Reveal(), output.WriteLine);
        using var client = new HttpClient();
        var answers = new List<(string Request, int Status)>();

        await PostAsync("good", Request("msg_good", [Secret]));
        await PostAsync("the same again", Request("msg_good", [Secret]));
        await PostAsync("of an overlap, new secret", Request("msg_new", [Secret, Other]));
        await PostAsync("of an overlap, old secret", Request("msg_old", [Other, Secret]));
        await PostAsync("of another secret", Request("msg_other", [Other]));
        await PostAsync("another body", Request("msg_body", [Secret], sent: Body.Replace("Zoë", "Zoé")));
        await PostAsync("six minutes old", Request("msg_old_time", [Secret], age: TimeSpan.FromMinutes(6)));
        await PostAsync("six minutes ahead", Request("msg_new_time", [Secret], age: TimeSpan.FromMinutes(-6)));
        await PostAsync("unsigned", Request("msg_unsigned", []));
        await PostAsync("a test", Request("msg_test", [Secret], isTest: true));
        await PostAsync("a test of another secret", Request("msg_test_other", [Other], isTest: true));
        await PostAsync("as large as events get", Request("msg_large", [Secret], size: 196_608));

        Assert.Equal(
            [
                ("good", 204), ("the same again", 204), ("of an overlap, new secret", 204),
                ("of an overlap, old secret", 204), ("of another secret", 401), ("another body", 401),
                ("six minutes old", 401), ("six minutes ahead", 401), ("unsigned", 401), ("a test", 204),
                ("a test of another secret", 401), ("as large as events get", 204),
            ],
            answers);
        Assert.Equal(
            ["msg_good", "msg_new", "msg_old", "msg_large"], await receiver.ReceivedUntilAsync("msg_large"));

        async Task PostAsync(string what, HttpRequestMessage request)
        {
            using (request)
            {
                // A URL may have a query, such as a key of its own.
                request.RequestUri = new(receiver.Address, "?key=some");
                using var response = await client.SendAsync(request);
                answers.Add((what, (int)response.StatusCode));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_acts_on_an_event_whose_first_processing_failed_when_it_comes_again(string sample)
    {
        await using var receiver = await SampleReceiver.StartAsync(sample, Secret.Reveal(), output.WriteLine);
        using var client = new HttpClient();

        // JSON that a sample can read, and not process: it stands for a database that fails once.
        var first = await PostAsync(Request("msg_1", [Secret], signed: "null"));
        var second = await PostAsync(Request("msg_1", [Secret]));
        var third = await PostAsync(Request("msg_1", [Secret]));
        var last = await PostAsync(Request("msg_last", [Secret]));

        Assert.Equal([500, 204, 204, 204], [first, second, third, last]);
        Assert.Equal(["msg_1", "msg_last"], await receiver.ReceivedUntilAsync("msg_last"));

        async Task<int> PostAsync(HttpRequestMessage request)
        {
            using (request)
            {
                request.RequestUri = receiver.Address;
                using var response = await client.SendAsync(request);
                return (int)response.StatusCode;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_refuses_a_stranger_whatever_the_headers_are(string sample)
    {
        await using var receiver = await SampleReceiver.StartAsync(sample, Secret.Reveal(), output.WriteLine);
        using var client = new HttpClient();
        var answers = new List<(string Header, string Value, int Status)>();

        foreach (var signature in (string[])[.. VerifierMustReject(), "", "v1", ",", "v1,%", "v1a,AAAA", " , v1,"])
        {
            await PostAsync("webhook-signature", signature);
        }

        foreach (var timestamp in (string[])["", "-1", "x", "1e9", "1.5", Nines(19), Nines(400), Nines(5_000)])
        {
            await PostAsync("webhook-timestamp", timestamp);
        }

        await PostAsync("webhook-id", "");

        Assert.DoesNotContain(answers, answer => answer.Status != 401);

        async Task PostAsync(string name, string value)
        {
            using var request = Request("msg_stranger", [Secret]);
            request.RequestUri = receiver.Address;
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
            using var response = await client.SendAsync(request);
            answers.Add((name, value, (int)response.StatusCode));
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task A_sample_answers_whatever_length_a_request_claims_to_have(string sample)
    {
        await using var receiver = await SampleReceiver.StartAsync(sample, Secret.Reveal(), output.WriteLine);

        foreach (var length in (string?[])[null, "0", "-1", "x", Nines(20), Nines(5_000)])
        {
            using var client = new TcpClient();
            await client.ConnectAsync(receiver.Address.Host, receiver.Address.Port);
            await using var stream = client.GetStream();
            var header = length is null ? "" : $"Content-Length: {length}\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /webhook HTTP/1.1\r\nHost: {receiver.Address.Authority}\r\n{header}\r\n"));
            using var reader = new StreamReader(stream);

            Assert.Matches("^HTTP/1.1 4(00|01|11|13) ", await reader.ReadLineAsync().WaitAsync(Patience.Limit));
        }
    }

    static string Nines(int count) => new('9', count);

    static IEnumerable<string> VerifierMustReject()
    {
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "signature-vectors.json")));
        return [.. vectors.RootElement.GetProperty("verifier_must_reject").EnumerateArray()
            .Select(signature => signature.GetString()!)];
    }

    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="secrets">Those that sign, the newest first; none leaves the signature out.</param>
    /// <param name="sent">The body, if it is not the one that was signed.</param>
    /// <param name="age">Of the timestamp.</param>
    /// <param name="isTest">Whether the request says so.</param>
    /// <param name="size">What the body is filled up to with spaces, in bytes.</param>
    /// <param name="signed">The body that is signed.</param>
    static HttpRequestMessage Request(
        string id, IReadOnlyList<SigningSecret> secrets, string? sent = null, TimeSpan age = default,
        bool isTest = false, int size = 0, string signed = Body)
    {
        var body = Encoding.UTF8.GetBytes(signed);
        body = [.. body, .. Enumerable.Repeat((byte)' ', Math.Max(0, size - body.Length))];
        var content = new ByteArrayContent(sent is null ? body : Encoding.UTF8.GetBytes(sent));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null) { Content = content };
        foreach (var (name, value) in SignedHeaders.Of(id, body, secrets, age, isTest))
        {
            request.Headers.Add(name, value);
        }

        return request;
    }
}
