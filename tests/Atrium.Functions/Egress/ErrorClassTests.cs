using Atrium.Functions.Egress;
using Atrium.Functions.Http;

namespace Atrium.Functions.Tests.Egress;

public sealed class ErrorClassTests
{
    [Fact]
    public void Has_the_names_that_tables_and_callers_know() => Assert.Equal(
        ["dns", "connect", "tls", "timeout", "reset", "refused", "blocked", "http", "body", "endpoint_down",
            "endpoint_overloaded"],
        Enum.GetValues<ErrorClass>().Select(error => error.Name()));
}
