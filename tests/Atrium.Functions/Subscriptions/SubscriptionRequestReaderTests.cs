using System.Text;
using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class SubscriptionRequestReaderTests
{
    [Fact]
    public void All_fields_are_read()
    {
        var (request, errors) = Read("""{"url":"https://example.com/","events":["*"],"secret":"whsec_x","generateSecret":true}""");
        Assert.Empty(errors);
        Assert.Equal(("https://example.com/", "whsec_x", true), (request?.Url, request?.Secret, request?.GenerateSecret));
        Assert.Equal(["*"], request?.Events);
    }

    [Theory]
    [InlineData("""{"url":"https://example.com/","event":["*"]}""", "/event")]
    [InlineData("""{"url":5}""", "/url")]
    [InlineData("""{"events":"*"}""", "/events")]
    [InlineData("""{"events":["*",1]}""", "/events/1")]
    [InlineData("""{"generateSecret":"yes"}""", "/generateSecret")]
    [InlineData("""{"url":"a","url":"b"}""", "")]
    [InlineData("""{"\ud800":1}""", "")]
    [InlineData("[]", "")]
    [InlineData("null", "")]
    [InlineData("", "")]
    public void What_is_wrong_is_named_without_a_word_about_our_types(string body, string at)
    {
        var (request, errors) = Read(body);
        Assert.Null(request);
        Assert.Equal(at, Assert.Single(errors).Pointer);
        Assert.DoesNotContain("Atrium", errors[0].Detail, StringComparison.Ordinal);
    }

    static (SubscriptionRequest? Request, IReadOnlyList<Functions.Http.FieldError> Errors) Read(string body) =>
        SubscriptionRequestReader.Read(Encoding.UTF8.GetBytes(body));
}
