using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Azure.ServiceBus.Grpc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Worker.Extensions.ServiceBus.Tests;

/// <summary>The client as the worker is given it, against a host on this machine.</summary>
public sealed class StartupTests : IAsyncLifetime
{
    static readonly ServiceBusReceivedMessage Message =
        ServiceBusModelFactory.ServiceBusReceivedMessage(lockTokenGuid: Guid.NewGuid());

    readonly ConcurrentQueue<(string Path, byte[] Body)> _calls = new();
    WebApplication _host = null!;
    string _status = "0";

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(
            server => server.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        _host = builder.Build();
        _host.Run(AnswerAsync);
        await _host.StartAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_settlement_goes_to_the_workers_own_host()
    {
        await using var worker = Worker(("HostEndpoint", _host.Urls.Single()), ("GrpcMaxMessageLength", "2147483647"));
        await CompleteAsync(worker);
        var (path, body) = Assert.Single(_calls);
        Assert.Equal("/Settlement/Complete", path);
        // In front of the message: not compressed, and its length.
        Assert.Equal(Message.LockToken, CompleteRequest.Parser.ParseFrom(body.AsSpan(5)).Locktoken);
    }

    [Fact]
    public async Task It_goes_without_a_word_about_the_length_of_messages()
    {
        await using var worker = Worker(("HostEndpoint", _host.Urls.Single()));
        await CompleteAsync(worker);
        Assert.Single(_calls);
    }

    [Fact]
    public async Task What_the_host_says_is_what_is_thrown()
    {
        _status = $"{(int)StatusCode.FailedPrecondition}";
        await using var worker = Worker(("HostEndpoint", _host.Urls.Single()));
        var thrown = await Assert.ThrowsAsync<RpcException>(() => CompleteAsync(worker));
        Assert.Equal(StatusCode.FailedPrecondition, thrown.StatusCode);
    }

    [Fact]
    public async Task A_host_that_is_gone_is_thrown_as_unavailable()
    {
        await using var worker = Worker(("HostEndpoint", _host.Urls.Single()));
        await _host.StopAsync();
        var thrown = await Assert.ThrowsAsync<RpcException>(() => CompleteAsync(worker));
        Assert.Equal(StatusCode.Unavailable, thrown.StatusCode);
    }

    [Fact]
    public void A_worker_that_no_host_started_is_told_so()
    {
        using var worker = Worker();
        var thrown = Assert.Throws<InvalidOperationException>(worker.GetRequiredService<Settlement.SettlementClient>);
        Assert.Contains("start it through a Functions host", thrown.Message, StringComparison.Ordinal);
    }

    static Task CompleteAsync(ServiceProvider worker) =>
        new ServiceBusMessageActions(worker.GetRequiredService<Settlement.SettlementClient>())
            .CompleteMessageAsync(Message);

    static ServiceProvider Worker(params (string Name, string Value)[] settings)
    {
        var given = settings.ToDictionary(
            setting => "Functions:Worker:" + setting.Name, string? (setting) => setting.Value);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(given).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging();
        new ServiceBusExtensionStartup().Configure(new Builder(services));
        return services.BuildServiceProvider();
    }

    async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _calls.Enqueue((context.Request.Path, body.ToArray()));
        context.Response.ContentType = "application/grpc";
        if (_status == "0")
        {
            await context.Response.Body.WriteAsync(new byte[5]);
        }

        context.Response.AppendTrailer("grpc-status", _status);
    }

    sealed class Builder(IServiceCollection services) : IFunctionsWorkerApplicationBuilder
    {
        public IServiceCollection Services => services;

        public IFunctionsWorkerApplicationBuilder Use(
            Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware) => this;
    }
}
