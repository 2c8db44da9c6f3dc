using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Http;

namespace Atrium.Functions.Tests.Http;

/// <summary>docs/admin-api.md lists the codes of errors as the code has them.</summary>
public sealed partial class ErrorsPageTests
{
    static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "admin-api.md"));

    [Fact]
    public void It_lists_each_code_of_a_problem() =>
        Assert.Equal(Enum.GetValues<ProblemCode>().Select(code => code.Name()), Codes("code of a problem"));

    [Fact]
    public void It_lists_each_code_of_an_error_in_a_field() => Assert.Equal(
        Enum.GetValues<FieldErrorCode>().Select(code => JsonSerializer.SerializeToElement(code).GetString()),
        Codes("code of an error in a field"));

    // The table whose first column has this heading, down to the first line that is no row.
    static IEnumerable<string> Codes(string heading) =>
        Page.Split('\n').SkipWhile(line => !line.StartsWith($"| {heading} |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|')).Select(line => Code().Match(line).Groups["code"].Value);

    [GeneratedRegex(@"^\| `(?<code>[a-z_]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();
}
