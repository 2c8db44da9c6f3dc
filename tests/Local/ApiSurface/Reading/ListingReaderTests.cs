namespace Atrium.Local.ApiSurface.Tests.Reading;

public sealed class ListingReaderTests
{
    [Theory]
    [InlineData("A.B : class, unsealed : A.Base, A.IFace [AttributeUsage(Method | Property, AllowMultiple = true)]")]
    [InlineData("A.B : readonly struct\nA.B.Zero : A.B {get} [public static]")]
    [InlineData("A.B<T> : interface\nA.B<T>.Get<U>(U[] key, out int? at) : System.Func<T, U> where U : class, A.IFace [public abstract]")]
    [InlineData("A.B : class, ? : ?\nA.B.ctor() [protected]")]
    [InlineData("A.B : enum\nA.B.Low = -1")]
    [InlineData("A.B : class, static\nA.B.Name : const string = \"n\" [public]")]
    [InlineData("A.B : class, abstract\nA.B.Changed : event System.Action [protected internal virtual] // since 2.0.0")]
    public void Takes_every_form_that_is_printed(string text)
    {
        Assert.Single(ListingReader.Read(text).Types);
    }

    [Theory]
    [InlineData("A.B.ctor() [public]")]
    [InlineData("A.B : class")]
    [InlineData("A.B : class, unsealed\nA.C.ctor() [public]")]
    [InlineData("A.B : class, unsealed\nA.B.Get() [public]")]
    [InlineData("A.B : class, unsealed\nA.B.Get() : System.Func<int [public]")]
    [InlineData("A.B : class, unsealed\nA.B.Get() : int")]
    [InlineData("A.B : class, unsealed\nA.B.Size : int [public sealed]")]
    public void Refuses_a_line_of_no_form(string text)
    {
        Assert.Contains("Line ", Assert.Throws<FormatException>(() => ListingReader.Read(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keeps_what_only_a_later_version_has_apart()
    {
        var type = ListingReader.Read("A.B : class, unsealed\nA.B.ctor() [public]\nA.B.New() : void [public] // since 2.0.0").Types.Single();

        Assert.Equal(["A.B.ctor() [public]"], type.Lines);
    }

    [Fact]
    public void Reads_the_packages_and_whether_nullability_is_told()
    {
        var listing = ListingReader.Read("# package: A 1.2.3\n# nullability: compared\n");

        Assert.Equal("1.2.3", listing.Packages["A"]);
        Assert.True(listing.TellsNullability);
    }
}
