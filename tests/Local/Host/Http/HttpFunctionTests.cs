using Atrium.Local.Host.Http;
using Atrium.Local.Host.Tests.Support;
using Atrium.Local.Host.Worker;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Host.Tests.Http;

public sealed class HttpFunctionTests
{
    static readonly string[] s_methods = ["get", "GET", "put"];

    [Theory]
    [InlineData("api", "orders/{id}", "api/orders/{id}")]
    [InlineData("", "/orders", "orders")]
    [InlineData("v1/x", null, "v1/x/Orders")]
    public void A_route_stands_behind_the_prefix_and_is_the_name_when_none_is_given(
        string prefix, string? route, string expected) =>
        Assert.Equal(expected, new HttpFunction(Orders(route), prefix).Route.RawText);

    [Fact]
    public void Methods_are_given_once_and_the_level_is_function_when_none_is_given()
    {
        var function = new HttpFunction(
            AFunction.Named("Orders", new { type = "httpTrigger", name = "request", methods = s_methods }), "api");
        Assert.Equal(["GET", "PUT"], function.Methods);
        Assert.Equal(FunctionLevel.Function, function.Level);
    }

    [Theory]
    [InlineData("a/{b", "its route 'a/{b' cannot be read")]
    [InlineData("a/{b:unheard}", "in its route 'a/{b:unheard}', ")]
    public void A_route_that_cannot_be_served_is_refused(string route, string sentence) =>
        Assert.Contains(sentence, Refusal(Orders(route)), StringComparison.Ordinal);

    [Fact]
    public void A_level_that_is_not_known_here_is_refused() => Assert.Contains(
        "the level User is not served here",
        Refusal(AFunction.Named("Orders", new { type = "httpTrigger", name = "request", authLevel = "User" })),
        StringComparison.Ordinal);

    [Fact]
    public void Two_functions_on_one_route_are_refused() => Assert.Contains(
        "The functions Orders and Others both take any 'orders'. Give one of them another route or method.",
        Refusal(
            Orders("orders"),
            AFunction.Named("Others", new { type = "httpTrigger", name = "request", route = "orders" })),
        StringComparison.Ordinal);

    [Fact]
    public void A_function_with_no_trigger_or_with_two_is_refused()
    {
        Assert.Contains(
            "it has no trigger, or several", Assert.Throws<HostStartException>(() => AFunction.Named("None")).Message,
            StringComparison.Ordinal);
        var two = Assert.ThrowsAny<Exception>(() =>
            AFunction.Named(
                "Two", new { type = "httpTrigger", name = "a" }, new { type = "timerTrigger", name = "b" }));
        Assert.Contains(
            "The function Two cannot be started: it has no trigger, or several", two.Message, StringComparison.Ordinal);
    }

    static Function Orders(string? route) =>
        AFunction.Named("Orders", new { type = "httpTrigger", name = "request", route });

    static string Refusal(params Function[] functions) => Assert.Throws<HostStartException>(() =>
    {
        var builder = WebServers.Create(NullLoggerFactory.Instance);
        using var web = (IDisposable)builder.Build();
        // Nothing is forwarded.
        HttpFunctionRoutes.Map(
            (Microsoft.AspNetCore.Builder.WebApplication)web,
            [.. functions.Select(function => new HttpFunction(function, ""))], forwarding: null!);
    }).Message;
}
