namespace Atrium.Infra.Tests;

public sealed class KqlTests(KqlAnalysis analysis) : IClassFixture<KqlAnalysis>
{
    [Fact]
    public void Each_query_is_right_by_Kustos_own_parser()
    {
        Assert.Contains("alert: lag", analysis.Deployed);
        Assert.Contains("workbook: Errors of our own", analysis.Deployed);
        Assert.Contains(analysis.Deployed, name => name.StartsWith("slo.md: ", StringComparison.Ordinal));

        var faults = analysis.Deployed.SelectMany(
            query => analysis.FaultsOf(query).Select(fault => $"{query}, {fault}")).ToArray();
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData("unknown column", "2:9 Error KS142: ", "'OuterMessage'")]
    [InlineData("unknown table", "1:1 Error KS204: ", "'AppTrace'")]
    [InlineData("unknown table in a union that bears it", "1:31 Warning KS205: ", "'AppTrace'")]
    [InlineData("wrong type", "2:19 Error KS106: ", "'startswith'")]
    [InlineData("wrong syntax", "2:20 Error KS006: ", "Missing expression")]
    public void What_is_wrong_with_a_query_is_told_with_its_place(string query, string place, string what)
    {
        var fault = analysis.FaultsOf(query)[0];

        Assert.StartsWith(place, fault, StringComparison.Ordinal);
        Assert.Contains(what, fault, StringComparison.Ordinal);
    }
}
