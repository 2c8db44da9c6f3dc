using Atrium.Functions.Messaging;

namespace Atrium.Functions.Tests.Messaging;

public sealed class TruncationTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(4095, 4095)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 4096)]
    [InlineData(100_000, 4096)]
    public void A_description_is_cut_to_what_service_bus_takes(int length, int kept) =>
        Assert.Equal(new string('x', kept), new string('x', length).Truncate(DeadLetterReason.MaxDescriptionLength));

    [Theory]
    [InlineData("ab😀", 3, "ab")]
    [InlineData("ab😀", 4, "ab😀")]
    [InlineData("a😀b", 3, "a😀")]
    public void No_surrogate_pair_is_halved(string text, int length, string kept) =>
        Assert.Equal(kept, text.Truncate(length));
}
