using Atrium.Functions.Http;

namespace Atrium.Functions.Tests.Http;

public sealed class CursorTests
{
    [Fact]
    public void A_cursor_leads_back_to_its_position() =>
        Assert.Equal("t|17", Cursor.Read(Cursor.Write("t|17", "acme", "all"), "acme", "all"));

    [Theory]
    [InlineData("acme", "failed")]
    [InlineData("umbra", "all")]
    [InlineData("acmea", "ll")]
    public void A_cursor_of_another_list_leads_nowhere(string tenant, string filter) =>
        Assert.Null(Cursor.Read(Cursor.Write("t|17", "acme", "all"), tenant, filter));

    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("not base64 url!")]
    public void Rubbish_leads_nowhere(string cursor) => Assert.Null(Cursor.Read(cursor, "acme"));

    [Fact]
    public void An_endless_cursor_is_not_even_decoded() => Assert.Null(Cursor.Read(new string('A', 1 << 20), "acme"));
}
