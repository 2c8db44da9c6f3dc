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

    [Fact]
    public void The_causes_have_the_names_that_tables_and_callers_know() => Assert.Equal(
        ["name_not_found", "name_servers_silent", "address_not_public", "connect_timeout", "tls_timeout",
            "answer_timeout", "certificate_missing", "certificate_name", "certificate_time", "certificate_untrusted",
            "certificate_invalid", "no_tls", "http2_only", "not_http", "redirect_without_target", "signature"],
        Enum.GetValues<FailureCause>().Select(cause => cause.Name()));
}
