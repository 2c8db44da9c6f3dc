using Atrium.Functions.Deliveries;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class DeadLetterReasonTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(4095, 4095)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 4096)]
    [InlineData(100_000, 4096)]
    public void A_description_is_cut_to_what_service_bus_takes(int length, int kept) =>
        Assert.Equal(new string('x', kept), DeadLetterReason.Truncate(new string('x', length)));
}
