namespace Atrium.Local.Emulators.Tests;

public sealed class NoProxyTests
{
    const string Loopback = "localhost,.localhost,127.0.0.1,::1,[::1]";

    [Theory]
    [InlineData(null, null, Loopback)]
    [InlineData("", "", Loopback)]
    [InlineData("a.example, .b.example", null, $"a.example,.b.example,{Loopback}")]
    [InlineData(null, "a.example", $"a.example,{Loopback}")]
    [InlineData("a.example", "b.example,a.example", $"a.example,b.example,{Loopback}")]
    [InlineData("LOCALHOST,a.example", null, "LOCALHOST,a.example,.localhost,127.0.0.1,::1,[::1]")]
    public void Loopback_is_added_to_what_is_exempt_under_both_names(string? lower, string? upper, string expected)
    {
        var variables = new Dictionary<string, string?> { ["no_proxy"] = lower, ["NO_PROXY"] = upper };
        // Twice, as in a process that starts another.
        for (var time = 0; time < 2; time++)
        {
            NoProxy.ExemptLoopback(name => variables[name], (name, value) => variables[name] = value);
            Assert.Equal((expected, expected), (variables["no_proxy"], variables["NO_PROXY"]));
        }
    }
}
