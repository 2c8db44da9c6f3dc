using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Operations;
using Atrium.Functions.Tests.Architecture;

namespace Atrium.Functions.Tests.Operations;

/// <summary>requests.http asks for what there is.</summary>
public sealed partial class RequestsFileTests
{
    static readonly OpenApiDocument Document = new();

    static readonly JsonElement Paths = JsonDocument.Parse(Document.Json).RootElement.GetProperty("paths");

    [Fact]
    public void Each_request_is_an_operation_with_parameters_of_its_own()
    {
        var requests = RequestLine().Matches(File.ReadAllText(Path.Combine(SourceFormTests.Root, "requests.http")));

        Assert.NotEmpty(requests);
        Assert.All(requests, request =>
        {
            var path = request.Groups["path"].Value
                .Replace("{{tenant}}", "{tenant}", StringComparison.Ordinal)
                .Replace("{{subscription}}", "{id}", StringComparison.Ordinal);
            var operation = Paths.GetProperty(path).GetProperty(request.Groups["method"].Value.ToLowerInvariant());
            Assert.Empty(
                request.Groups["query"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries)
                    .Select(parameter => parameter.Split('=')[0])
                    .Except(Document.QueryParameters[operation.GetProperty("operationId").GetString()!]));
        });
    }

    [GeneratedRegex(
        @"^(?<method>GET|POST|PUT|PATCH|DELETE) \{\{atrium\}\}/api(?<path>/[^?\r\n]*)(\?(?<query>.*))?$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex RequestLine();
}
