using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Functions.Tests.Support;

/// <summary>A host with the given functions on a free port.</summary>
sealed class RunningHost : IAsyncDisposable
{
    readonly TempFolder _folder;
    readonly StringWriter _output;
    HttpClient? _http;

    RunningHost(TempFolder folder, StringWriter output, FunctionsHost host, CollectedLogs logs)
    {
        _folder = folder;
        _output = output;
        Host = host;
        Logs = logs;
    }

    public FunctionsHost Host { get; }

    public CollectedLogs Logs { get; }

    public HttpClient Http => _http ??= new() { BaseAddress = Host.Address, Timeout = Patience.Limit };

    public string Output => _output.ToString();

    public IServiceProvider Services => Host.Services;

    public static async Task<RunningHost> StartAsync(
        Type[] functions, Action<FunctionsApplicationBuilder>? configure = null, string? hostJson = null, string? localSettings = null, string[]? args = null)
    {
        var host = Build(functions, configure, hostJson, localSettings, args ?? ["--port", "0"]);
        try
        {
            await host.Host.StartAsync().Soon();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public static RunningHost Build(
        Type[] functions, Action<FunctionsApplicationBuilder>? configure = null, string? hostJson = null, string? localSettings = null, string[]? args = null)
    {
        var folder = new TempFolder();
        try
        {
            if (hostJson is not null)
            {
                folder.Write("host.json", hostJson);
            }

            if (localSettings is not null)
            {
                folder.Write("local.settings.json", localSettings);
            }

            var output = new StringWriter();
            var logs = new CollectedLogs();
            var builder = new FunctionsApplicationBuilder(args ?? ["--port", "0"], new HostSite(folder.Path, functions, output));
            builder.Logging.ClearProviders().AddProvider(logs);
            builder.ConfigureFunctionsWebApplication();
            configure?.Invoke(builder);
            return new(folder, output, (FunctionsHost)builder.Build(), logs);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Why a host does not get built.</summary>
    public static string WhyNotBuilt(
        Type[] functions, Action<FunctionsApplicationBuilder>? configure = null, string? hostJson = null, string? localSettings = null, string[]? args = null) =>
        Assert.Throws<HostStartException>(() => { _ = Build(functions, configure, hostJson, localSettings, args); }).Message;

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync().Soon();
        await Host.DisposeAsync();
        _http?.Dispose();
        _folder.Dispose();
    }
}
