using Atrium.Functions.Egress;
using CsCheck;

namespace Atrium.Functions.Tests.Egress;

public sealed class RetryAfterTests
{
    static readonly DateTimeOffset Now = new(2026, 4, 15, 9, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("120", 120)]
    [InlineData(" 7 ", 7)]
    [InlineData("86401", 86400)]
    [InlineData("99999999999999999999", 86400)]
    [InlineData("Wed, 15 Apr 2026 09:31:30 GMT", 90)]
    [InlineData("Wednesday, 15-Apr-26 09:31:30 GMT", 90)]
    [InlineData("Wed Apr 15 09:31:30 2026", 90)]
    [InlineData("Wed, 15 Apr 2026 09:00:00 GMT", 0)]
    [InlineData("Fri, 15 Apr 2044 09:00:00 GMT", 86400)]
    public void Reads_seconds_and_dates(string value, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryAfter.Parse(value, Now));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("soon")]
    [InlineData("2026-04-15T09:31:30")]
    public void Takes_nothing_else(string? value) => Assert.Null(RetryAfter.Parse(value, Now));

    [Fact]
    public void Stays_within_its_bounds_whatever_it_reads() => Gen.OneOf(Gen.String, Gen.ULong.Select(n => $"{n}"))
        .Sample(
            value => RetryAfter.Parse(value, Now) is not { } wait
            || (wait >= TimeSpan.Zero && wait <= TimeSpan.FromDays(1)));
}
