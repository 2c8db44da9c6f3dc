using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;

namespace Atrium.Local.Functions.Tests.Settings;

public sealed class HttpPortTests
{
    [Theory]
    [InlineData("", null, 7071)]
    [InlineData("", 7072, 7072)]
    [InlineData("--port 8080", 7072, 8080)]
    [InlineData("--demo --port=0", 7072, 0)]
    public void The_argument_goes_before_the_file_and_the_file_before_the_default(string arguments, int? configured, int expected) =>
        Assert.Equal(expected, HttpPort.Choose(arguments.Split(' '), configured));

    [Theory]
    [InlineData("--port")]
    [InlineData("--port=")]
    [InlineData("--port -1")]
    [InlineData("--port 65536")]
    [InlineData("--port many")]
    public void What_is_no_port_is_refused(string arguments) =>
        Assert.Contains("--port must be followed by a whole number", Assert.Throws<HostStartException>(() => HttpPort.Choose(arguments.Split(' '), null)).Message, StringComparison.Ordinal);
}
