using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>The parts that a builder puts together: one web application, which is container, configuration and HTTP server in one.</summary>
internal sealed class LocalHostBuilder
{
    /// <summary>What Core Tools sets when the shell does not.</summary>
    private const string DefaultEnvironment = "Development";

    private readonly HostSite _site;
    private readonly HostJsonFile _hostJson;
    private readonly LocalSettings _local;
    private readonly int _port;

    public LocalHostBuilder(string[] args, HostSite site)
    {
        _site = site;
        _hostJson = new(Path.Combine(site.ScriptRoot, HostJson.FileName));
        _local = new LocalSettingsFile(Path.Combine(site.ScriptRoot, LocalSettings.FileName)).Read();
        _local.Export(Environment.GetEnvironmentVariable, Environment.SetEnvironmentVariable);
        _port = HttpPort.Choose(args, _local.LocalHttpPort);

        Web = WebApplication.CreateEmptyBuilder(new()
        {
            ContentRootPath = site.ScriptRoot,
            EnvironmentName = Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT") ?? DefaultEnvironment,
        });
        Web.Configuration
            .AddJsonFile("appsettings.json", optional: true)
            .AddJsonFile($"appsettings.{Web.Environment.EnvironmentName}.json", optional: true)
            .AddEnvironmentVariables("AZURE_FUNCTIONS_")
            .AddEnvironmentVariables()
            .AddCommandLine(args);
    }

    public WebApplicationBuilder Web { get; }

    public void AddAspNetCore()
    {
        Web.Services.AddMvcCore();
    }

    public IHost Build(IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        return Web.Build();
    }
}
