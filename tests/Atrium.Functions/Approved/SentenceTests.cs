using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml.Linq;
using Atrium.Functions.Egress;
using Atrium.Functions.Signing;
using Atrium.Functions.Tests.DeadLetters;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Publishing;
using Atrium.Functions.Tests.TestWebhooks;
using Atrium.Functions.TestWebhooks;

namespace Atrium.Functions.Tests.Approved;

/// <summary>
/// The sentences that people read: all of the code's, and, as they read them, those of exchanges, signatures and
/// erasures.
/// </summary>
public sealed class SentenceTests
{
    const string Id = "msg_0123456789abcdef0123456789abcdef";
    const string Host = "crm.example.com";
    const int MostStatuses = 1000;

    // What was read as Windows-1252 has characters that Latin-1 has not.
    static readonly string[] Reserialised = ["{\"a\":\r\n\"é\"}\n", "\"€\""];

    static readonly X509ChainStatusFlags[] ChainFaults =
    [
        X509ChainStatusFlags.NotTimeValid,
        X509ChainStatusFlags.UntrustedRoot,
        X509ChainStatusFlags.PartialChain,
        X509ChainStatusFlags.NotValidForUsage,
    ];

    static readonly Uri?[] Targets = [null, new("https://a:b@example.com/c?d")];

    static readonly Dictionary<Type, object?[]> Arguments = new()
    {
        [typeof(string)] = [Host],
        [typeof(int)] = [202],
        [typeof(TimeSpan)] = [TimeSpan.FromSeconds(15)],
        [typeof(DateTimeOffset)] = [Some.Time],
        [typeof(ConnectionPhase)] = [.. Enum.GetValues<ConnectionPhase>().Cast<object>()],
    };

    [Fact]
    public void Every_sentence_in_the_apps_code_is_as_approved() =>
        Approval.Verify(Sentences.Of(typeof(Explanation).Assembly), "sentences");

    [Fact]
    public void What_the_build_says_is_as_approved() => Approval.Verify(
        string.Concat(
            from file in Directory.GetFiles(Repository, "*.targets").Order(StringComparer.Ordinal)
            from said in XDocument.Load(file).Descendants().Where(task => task.Name.LocalName is "Error" or "Warning")
            select $"{Path.GetFileName(file)}: {said.Attribute("Text")!.Value}\n"),
        "build-sentences");

    static readonly string[] Bodies = ["", "Error: No matching signature found", "INVALID SIGNATURE"];

    [Fact]
    public void What_is_said_of_an_exchange_is_as_approved()
    {
        var said = from method in typeof(Explanation).GetMethods(BindingFlags.Static | BindingFlags.Public)
                   where method.Name != nameof(Explanation.Answered)
                   orderby method.Name
                   let choices = method.GetParameters().Select(parameter => Arguments[parameter.ParameterType])
                   from arguments in Combinations([.. choices])
                   select $"{method.Name}: {method.Invoke(null, [.. arguments])}\n";
        var answered = Enumerable.Range(100, MostStatuses - 100)
            .SelectMany(status =>
                from target in Targets
                from body in Bodies
                select (status, Sentence: Explanation.Answered(status, target, body)
                    .Replace($"{status}", "NNN", StringComparison.Ordinal)))
            .GroupBy(answer => answer.Sentence)
            .Select(same => $"{Ranges([.. same.Select(answer => answer.status).Distinct()])}: {same.Key}\n");

        var added = from constant in typeof(Explanation).GetFields(BindingFlags.Static | BindingFlags.Public)
                    orderby constant.Name
                    select $"{constant.Name}:{constant.GetRawConstantValue()}\n";
        Approval.Verify(string.Concat(said.Concat(answered).Concat(added)), "exchange-sentences");
    }

    [Fact]
    public void What_is_said_of_a_certificate_is_as_approved() => Approval.Verify(
        string.Concat(
            from errors in Enum.GetValues<SslPolicyErrors>().Where(errors => errors != SslPolicyErrors.None)
            from chain in ChainFaults
            select $"{errors}, {chain}: {CertificateFault.Describe(Host, errors, chain)}\n"),
        "certificate-sentences");

    [Fact]
    public void What_is_said_of_a_signature_is_as_approved()
    {
        var said = new StringBuilder();
        var body = "{\"a\":1}"u8.ToArray();
        Say(Headers(body), body);
        Say([], body);
        Say(Headers(body, timestamp: "soon"), body);
        Say(Headers(body, at: Some.Time.AddHours(-1)), body);
        Say(Headers(body, at: Some.Time.AddHours(1)), body);
        Say(Headers("{}"u8.ToArray(), at: Some.Time.AddHours(1)), body);
        Say(Headers(body, signature: "v2,x"), body);
        Say(Headers("{}"u8.ToArray()), body);
        foreach (var received in Reserialised.Select(Encoding.UTF8.GetBytes))
        {
            foreach (var (_, signed) in Reserialisation.FormsOf(received).DistinctBy(form => form.What))
            {
                Say(Headers(signed), received);
            }
        }

        foreach (var text in new[] { "", new('A', 1000), "?", new('A', 12), new('A', 88) })
        {
            said.Append($"secret of {text.Length} characters: {SigningSecret.Parse(text).Refusal}\n");
        }

        Approval.Verify(said.ToString(), "signature-sentences");

        void Say(Dictionary<string, string> headers, byte[] received)
        {
            var answer = Verification.Verify(headers, received, [Some.Secret], Some.Time, default);
            said.Append($"{answer.FailedStep ?? "valid"}: {answer.Explanation}\n");
        }
    }

    [Fact]
    public async Task What_is_said_of_a_request_that_cannot_be_taken_is_as_approved()
    {
        await using var tests = await TestApi.StartAsync();
        using var letters = new DeadLetterApi();
        var answers = new[]
        {
            await tests.VerifyAsync(new { }),
            await tests.VerifyAsync(new { headers = new { }, bodyBase64 = "?", secret = "x" }),
            await letters.EraseAsync(new { email = "jane" }),
        };

        Approval.Verify(
            string.Concat(answers.Select(answer => $"{answer.Json.GetProperty("detail")}\n"
                + string.Concat(answer.Json.GetProperty("errors").EnumerateArray()
                    .Select(error => $"  {error.GetProperty("pointer")}: {error.GetProperty("detail")}\n")))),
            "refusal-sentences");
    }

    static string Repository => Path.GetFullPath("../..", Path.GetDirectoryName(ProjectEvaluation.App)!);

    static Dictionary<string, string> Headers(
        byte[] body, DateTimeOffset? at = null, string? timestamp = null, string? signature = null)
    {
        var seconds = (at ?? Some.Time).ToUnixTimeSeconds();
        return new()
        {
            ["webhook-id"] = Id,
            ["webhook-timestamp"] = timestamp ?? $"{seconds}",
            ["webhook-signature"] = signature ?? StandardWebhooks.Sign(Id, seconds, body, [Some.Secret]),
        };
    }

    static IEnumerable<IEnumerable<object?>> Combinations(object?[][] choices) => choices.Aggregate(
        (IEnumerable<IEnumerable<object?>>)[[]],
        (all, choice) => all.SelectMany(chosen => choice.Select(value => chosen.Append(value))));

    static string Ranges(List<int> statuses) => string.Join(", ", statuses
        .Select((status, i) => (status, Run: status - i))
        .GroupBy(found => found.Run, found => found.status)
        .Select(run => run.First() == run.Last() ? $"{run.First()}" : $"{run.First()}-{run.Last()}"));
}
