using Atrium.Functions.Telemetry;
using Azure;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Telemetry;

public sealed class ErrorTextTests
{
    public static TheoryData<Exception, string> Texts => new()
    {
        { new RequestFailedException(0, "Refused (10.0.0.4:443)"), "RequestFailedException: Refused (10.0.0.4:443)" },
        { new RequestFailedException(503, "Busy.\nRequestId:1\n\nHeaders:", "ServerBusy", null),
            "503 ServerBusy: Busy" },
        { new AggregateException(new IOException("One."), new TimeoutException("Two.")), "TimeoutException: Two" },
        { new IOException("Broken.\r\nAnd more."), "IOException: Broken" },
        { new IOException("See https://a.example/x?sig=secret, and sb://b/y for more."),
            "IOException: See … and … for more" },
        {
            new ServiceBusException("Gone.", ServiceBusFailureReason.ServiceTimeout),
            "ServiceBusException: Gone. (ServiceTimeout)"
        },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void It_is_the_kind_and_the_first_line_without_addresses(Exception exception, string text) =>
        Assert.Equal(text, ErrorText.Of(exception).Split(". For troubleshooting")[0]);

    [Fact]
    public void A_long_line_is_cut_off() =>
        Assert.Equal(ErrorText.MaxLength + 1, ErrorText.Of(new IOException(new string('x', 10_000))).Length);
}
