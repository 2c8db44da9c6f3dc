using Atrium.Local.ApiSurface.Tests.Comparing;

namespace Atrium.Local.ApiSurface.Tests;

public sealed class StandInTests
{
    public static IEnumerable<object[]> Types() =>
        from name in StandIn.Names
        from type in StandIn.Named(name).Types
        select new object[] { name, type.Name };

    [Theory]
    [MemberData(nameof(Types))]
    public void A_type_has_nothing_that_the_real_one_lacks(string standIn, string type)
    {
        var ours = StandIn.Named(standIn).Types.Single(candidate => candidate.Name == type);
        var listed = StandIn.Named(standIn).Listing.Find(type);

        Assert.True(
            listed is { IsTranscribed: true },
            $"The real packages have no public {type}, or the listing does not tell its members. Make ours internal, or transcribe it.");
        Assert.NotEmpty(ours.Members);
        var deviations = Deviations.Of(ours, listed);
        Assert.True(deviations.Count == 0, $"Deviations: {deviations.Count}\n{string.Join("\n", deviations)}");
    }

    [Theory]
    [InlineData(nameof(StandIn.ServiceBus))]
    [InlineData(nameof(StandIn.Functions))]
    public void Shows_no_type_that_the_real_packages_lack(string standIn)
    {
        var (_, listing) = StandIn.Named(standIn);

        Assert.NotEmpty(StandIn.Named(standIn).Types);
        Assert.Empty(StandIn.Named(standIn).Types.Select(type => type.Name).Except(listing.Types.Select(type => type.Name)));
    }

    [Theory]
    [InlineData(nameof(StandIn.ServiceBus))]
    [InlineData(nameof(StandIn.Functions))]
    public void Shows_no_namespace_that_the_real_packages_lack(string standIn)
    {
        var (_, listing) = StandIn.Named(standIn);

        Assert.Empty(StandIn.Named(standIn).Types.Select(type => type.Type.Namespace).Except(listing.Types.Select(type => type.Namespace)));
    }
}
