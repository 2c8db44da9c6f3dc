using Atrium.Local.ApiSurface.Tests.Printing;
using Atrium.Local.ApiSurface.Tests.Reading;

namespace Atrium.Local.ApiSurface.Tests.Comparing;

public sealed class DeviationsTests
{
    private const string Header = "A.Sender : class, unsealed : System.IAsyncDisposable";

    private const string Listed = """
        A.Sender : class, unsealed : System.IAsyncDisposable
        A.Sender.ctor() [protected]
        A.Sender.Name : string {get} [public virtual]
        A.Sender.Send(string message, int times = 1) : System.Threading.Tasks.Task [public virtual]
        A.Sender.Recall(long number) : void [public] // since 2.0.0
        """;

    [Fact]
    public void A_part_of_the_listed_is_no_deviation()
    {
        Assert.Empty(Find(Header, "A.Sender.ctor() [protected]"));
    }

    [Theory]
    [InlineData("A.Sender.Send(string text, int times = 1) : System.Threading.Tasks.Task [public virtual]")]
    [InlineData("A.Sender.Send(string message, int times = 2) : System.Threading.Tasks.Task [public virtual]")]
    [InlineData("A.Sender.Send(string message, int times) : System.Threading.Tasks.Task [public virtual]")]
    [InlineData("A.Sender.Send(string message, int times = 1) : System.Threading.Tasks.ValueTask [public virtual]")]
    [InlineData("A.Sender.Send(string message, int times = 1) : System.Threading.Tasks.Task [public]")]
    public void A_member_that_differs_is_told_with_the_listed_one(string line)
    {
        var deviation = Assert.Single(Find(Header, line));

        const string Wanted = "A.Sender.Send(string message, int times = 1) : System.Threading.Tasks.Task [public virtual]";
        Assert.Contains(Wanted, deviation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_unlike_any_other_is_told_alone()
    {
        var deviation = Assert.Single(Find(Header, "A.Sender.Cost : decimal {get} [public]"));

        Assert.EndsWith("nothing like it", deviation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_a_later_version_is_told_with_that_version()
    {
        var deviation = Assert.Single(Find(Header, "A.Sender.Recall(long number) : void [public]"));

        Assert.Contains("only since 2.0.0", deviation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A.Sender : class, sealed : System.IAsyncDisposable")]
    [InlineData("A.Sender : class, unsealed")]
    [InlineData("A.Sender : class, unsealed : System.IAsyncDisposable, System.IDisposable")]
    public void A_type_of_another_kind_or_other_bases_is_told(string header)
    {
        Assert.Single(Find(header));
    }

    [Theory]
    [InlineData("A.B : class, ? : ?", "A.B : class, sealed : System.Attribute [AttributeUsage(Method)]", true)]
    [InlineData("A.B : class, ? : ?", "A.B : interface", false)]
    [InlineData("A.B : class, sealed : System.Attribute", "A.B : class, sealed : System.Attribute [AttributeUsage(Method)]", true)]
    [InlineData("A.B : class, sealed : A.C [AttributeUsage(Class)]", "A.B : class, sealed : A.C [AttributeUsage(Method)]", false)]
    public void What_the_listing_does_not_tell_is_not_compared(string listed, string ours, bool admitted)
    {
        Assert.Equal(admitted, TypeHeader.TryParse(listed)!.Admits(TypeHeader.TryParse(ours)!));
    }

    private static IReadOnlyList<string> Find(string header, params string[] members) =>
        Deviations.Of(new SurfaceType(typeof(object), header, members), ListingReader.Read(Listed).Types.Single());
}
