using Atrium.Local.ApiSurface.Tests.Printing.Samples;
using Atrium.Local.ApiSurface.Tests.Reading;

namespace Atrium.Local.ApiSurface.Tests.Printing;

public sealed class SurfaceTests
{
    private const string Here = "Atrium.Local.ApiSurface.Tests.Printing.Samples.";

    [Fact]
    public void Prints_every_kind_of_member_that_others_can_see()
    {
        var printed = Surface.Of(typeof(Everything), nullability: true);

        Assert.Equal(
            [
                "Everything.Attempts : const int = 10 [public]",
                "Everything.Changed : event System.Action? [public]",
                "Everything.Choose<T>(T first, params string[] rest) : System.Threading.Tasks.Task<string?>"
                    + " where T : class, System.IDisposable, new() [public static]",
                "Everything.Count : int {get;protected set} [public virtual]",
                "Everything.Dispose() : void [public]",
                "Everything.Empty : readonly string [public static]",
                "Everything.Id : System.Guid? {get;init} [public]",
                "Everything.OnDone(ref int count, in long size, out string? text) : void [protected internal virtual]",
                "Everything.TimestampFrequency : long {get} [public override]",
                "Everything.Wait(System.TimeSpan? time = null, string? name = \"x\", System.DayOfWeek day = System.DayOfWeek.Friday,"
                    + " System.Threading.CancellationToken token = default) : void [public]",
                "Everything.ctor() [protected]",
                "Everything.this[int index] : string[]? {get} [public]",
            ],
            printed.Members.Select(line => line.Replace(Here, "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Leaves_out_what_may_be_null_when_it_is_not_compared()
    {
        Assert.Contains(Here + "Everything.this[int index] : string[] {get} [public]", Surface.Of(typeof(Everything), nullability: false).Members);
    }

    [Theory]
    [InlineData(typeof(Everything), "Everything : class, unsealed : System.TimeProvider, System.IDisposable")]
    [InlineData(typeof(MarkAttribute), "MarkAttribute : class, sealed : System.Attribute [AttributeUsage(Method | Property, AllowMultiple = true)]")]
    [InlineData(typeof(Colour), "Colour : enum : byte")]
    [InlineData(typeof(Handler), "Handler : delegate")]
    [InlineData(typeof(Point), "Point : readonly struct")]
    [InlineData(typeof(Pair<>), "Pair<T> : class, abstract : System.Collections.Generic.List<T>")]
    [InlineData(typeof(Extensions), "Extensions : class, static")]
    [InlineData(typeof(ISized), "ISized : interface : System.IDisposable")]
    public void Prints_what_a_type_is(Type type, string line)
    {
        Assert.Equal(Here + line, Surface.Of(type, nullability: true).Line);
    }

    [Theory]
    [InlineData(typeof(Colour), "Colour.Red = 3")]
    [InlineData(typeof(Handler), "Handler.Invoke(object sender) : bool [public]")]
    [InlineData(typeof(Pair<>), "Pair<T>.ctor(T first) [protected]")]
    [InlineData(typeof(Extensions), "Extensions.Twice(this string text) : string [public static]")]
    [InlineData(typeof(ISized), "ISized.Size : int {get} [public abstract]")]
    public void Prints_the_members_of_each_kind_of_type(Type type, string line)
    {
        Assert.Equal([Here + line], Surface.Of(type, nullability: true).Members);
    }

    [Fact]
    public void Prints_nothing_that_a_listing_could_not_hold()
    {
        var printed = Surface.Of(typeof(Everything), nullability: true);

        var read = ListingReader.Read(string.Join('\n', [printed.Line, .. printed.Members])).Types.Single();

        Assert.Equal(printed.Members, read.Lines);
    }
}
