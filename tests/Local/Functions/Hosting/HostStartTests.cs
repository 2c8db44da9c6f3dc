using Atrium.Local.Functions.Tests.Support;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Atrium.Local.Functions.Tests.Hosting;

public sealed class HostStartTests
{
    [Fact]
    public async Task When_something_fails_to_start_what_had_started_is_stopped()
    {
        var first = new Service();
        var host = RunningHost.Build([], builder => builder.Services
            .AddSingleton<IHostedService>(first)
            .AddSingleton<IHostedService>(new Service { Failure = new InvalidOperationException("no Node.js") }));
        Assert.Equal("no Node.js", (await Assert.ThrowsAsync<InvalidOperationException>(() => host.Host.StartAsync())).Message);
        Assert.True(first.Stopped);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_during_the_start_is_a_sentence()
    {
        var host = RunningHost.Build([], builder => builder.Services.AddSingleton<IHostedService, StopsAtOnce>());
        Assert.Contains("told to stop before it had started", (await Assert.ThrowsAsync<HostStartException>(() => host.Host.StartAsync())).Message, StringComparison.Ordinal);
        await host.DisposeAsync();
    }

    [Fact]
    public void Only_what_is_about_starting_becomes_a_sentence()
    {
        Assert.Equal("what, why, what to do", HostStartFailure.SentenceFor(new HostStartException("what, why, what to do")));
        Assert.Equal(
            "The settings are not valid: A is missing. B is too long.",
            HostStartFailure.SentenceFor(new OptionsValidationException("", typeof(object), ["A is missing.", "B is too long."])));
        Assert.Null(HostStartFailure.SentenceFor(new InvalidOperationException("a bug")));
    }

    [Fact]
    public async Task The_builder_gives_the_settings_files_values_the_arguments_and_the_environment()
    {
        var name = $"ATRIUM_TEST_{Guid.NewGuid():N}";
        var folder = "";
        await using var host = await RunningHost.StartAsync(
            [],
            builder =>
            {
                Assert.Equal("from the file", builder.Configuration[name]);
                Assert.Equal("7", builder.Configuration["given"]);
                Assert.Equal("from the file", Environment.GetEnvironmentVariable(name));
                folder = builder.Environment.ContentRootPath;
            },
            localSettings: $$"""{ "Values": { "{{name}}": "from the file" } }""",
            args: ["--port", "0", "--given", "7"]);
        Assert.True(Directory.Exists(folder));
        Environment.SetEnvironmentVariable(name, null);
    }

    sealed class Service : IHostedService
    {
        public Exception? Failure { get; init; }

        public bool Stopped { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Failure is null ? Task.CompletedTask : Task.FromException(Failure);

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Stopped = true;
            return Task.CompletedTask;
        }
    }

    sealed class StopsAtOnce(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            cancellationToken.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
