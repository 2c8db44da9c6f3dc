using Atrium.Local.Functions.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Hosting;

namespace Atrium.Local.Functions.Tests.Hosting;

public sealed class MiddlewareTests
{
    [Fact]
    public async Task Stands_in_the_order_of_adding_around_the_function_and_sees_the_request()
    {
        await using var host = await RunningHost.StartAsync([typeof(Functions)], builder =>
        {
            builder.UseMiddleware<Counting>();
            builder.UseMiddleware(async (context, next) =>
            {
                context.Items["Trail"] = "outer";
                await next();
                context.GetHttpContext()!.Response.Headers["after"] = (string)context.Items["Trail"];
            });
            builder.UseWhen<Inner>(context => context.FunctionDefinition.Name == "Hello");
        });
        using var hello = await host.Http.GetAsync(new Uri("/api/Hello", UriKind.Relative));
        using var other = await host.Http.GetAsync(new Uri("/api/Other", UriKind.Relative));
        Assert.Equal("outer inner function", hello.Headers.GetValues("after").Single());
        Assert.Equal("outer", other.Headers.GetValues("after").Single());

        // One instance for all invocations.
        Assert.Equal(["1", "2"], [hello.Headers.GetValues("count").Single(), other.Headers.GetValues("count").Single()]);
    }

    [Fact]
    public async Task May_answer_instead_of_the_function()
    {
        await using var host = await RunningHost.StartAsync([typeof(Functions)], builder => builder.UseMiddleware((context, _) =>
        {
            context.GetHttpContext()!.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return Task.CompletedTask;
        }));
        using var answer = await host.Http.GetAsync(new Uri("/api/Hello", UriKind.Relative));
        Assert.Equal(StatusCodes.Status418ImATeapot, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Sees_what_the_function_throws()
    {
        await using var host = await RunningHost.StartAsync([typeof(Functions)], builder => builder.UseMiddleware(async (context, next) =>
        {
            try
            {
                await next();
            }
            catch (InvalidOperationException failure)
            {
                await context.GetHttpContext()!.Response.WriteAsync(failure.Message);
            }
        }));
        Assert.Equal("thrown", await host.Http.GetStringAsync(new Uri("/api/Throws", UriKind.Relative)));
    }

    [Fact]
    public void Cannot_be_added_after_building_and_building_is_done_once()
    {
        var builder = default(Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder);
        var host = RunningHost.Build([typeof(Functions)], given => builder = given);
        Assert.Throws<InvalidOperationException>(() => builder!.Build());
        Assert.Throws<InvalidOperationException>(() => builder!.UseMiddleware((_, next) => next()));
        host.Host.Dispose();
    }

    sealed class Counting : IFunctionsWorkerMiddleware
    {
        int _count;

        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.GetHttpContext()!.Response.Headers["count"] = $"{Interlocked.Increment(ref _count)}";
            return next(context);
        }
    }

    sealed class Inner : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.Items["Trail"] += " inner";
            return next(context);
        }
    }

    sealed class Functions
    {
        [Function("Hello")]
        public static void Hello([HttpTrigger("get")] HttpContext http, FunctionContext context) =>
            context.Items["Trail"] += http == context.GetHttpContext() ? " function" : " another request";

        [Function("Other")]
        public static void Other([HttpTrigger("get")] HttpRequest request) => ArgumentNullException.ThrowIfNull(request);

        [Function("Throws")]
        public static void Throws([HttpTrigger("get")] HttpRequest request) => throw new InvalidOperationException(request.Path.HasValue ? "thrown" : "");
    }
}
