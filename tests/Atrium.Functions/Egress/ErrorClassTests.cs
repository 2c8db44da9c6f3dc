using System.Text.Json;
using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Egress;

public sealed class ErrorClassTests
{
    [Fact]
    public void Has_the_names_that_tables_and_callers_know() => Assert.Equal(
        ["dns", "connect", "tls", "timeout", "reset", "refused", "blocked", "http", "body", "endpoint_down"],
        Enum.GetValues<ErrorClass>().Select(error => error.Name()));

    [Fact]
    public void Has_the_same_names_in_JSON_and_back()
    {
        foreach (var error in Enum.GetValues<ErrorClass>())
        {
            Assert.Equal($"\"{error.Name()}\"", JsonSerializer.Serialize(error));
            Assert.Equal(error, JsonSerializer.Deserialize<ErrorClass>($"\"{error.Name()}\""));
            Assert.Equal(error, ErrorClassNames.Parse(error.Name()));
        }
    }

    [Theory]
    [InlineData("\"Dns\"")]
    [InlineData("\"\"")]
    [InlineData("0")]
    public void Is_not_read_from_anything_else(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ErrorClass>(json));
}
