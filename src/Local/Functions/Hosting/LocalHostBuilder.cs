using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Http;
using Microsoft.Azure.Functions.Worker.Hosting.Invocation;
using Microsoft.Azure.Functions.Worker.Hosting.ServiceBus;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;
using Microsoft.Azure.Functions.Worker.Hosting.Timers;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>The parts that a builder puts together: one web application, which is container, configuration and HTTP server in one.</summary>
internal sealed class LocalHostBuilder
{
    /// <summary>What Core Tools sets when the shell does not.</summary>
    const string DefaultEnvironment = "Development";

    readonly HostSite _site;
    readonly HostJsonFile _hostJson;
    readonly LocalSettings _local;
    readonly LoopbackPort _port;
    bool _aspNetCore;

    public LocalHostBuilder(string[] args, HostSite site)
    {
        _site = site;
        _hostJson = new(Path.Combine(site.ScriptRoot, HostJson.FileName));
        _local = new LocalSettingsFile(Path.Combine(site.ScriptRoot, LocalSettings.FileName)).Read();
        _local.Export(Environment.GetEnvironmentVariable, Environment.SetEnvironmentVariable);
        _port = new(HttpPort.Choose(args, _local.LocalHttpPort));

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
        Web.AddLocalLogging();
    }

    public WebApplicationBuilder Web { get; }

    public void AddAspNetCore()
    {
        _aspNetCore = true;
        Web.Services.AddMvcCore();
    }

    public IHost Build(IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        var hostJson = HostJson.Read(_hostJson, Web.Configuration);
        var keys = new FunctionKeys(Web.Configuration);
        var functions = FunctionDiscovery.Find(_site.FunctionTypes);
        var httpFunctions = functions.Where(function => function.Trigger is HttpTriggerAttribute).Select(function => Http(function, hostJson)).ToList();

        Web.AddLogLevels(hostJson.LogLevels);
        Web.AddLoopbackServer(_port, _local);
        Web.Services.TryAddSingleton(TimeProvider.System);
        var web = Web.Build();
        web.UseLocalCors(_local);

        var time = web.Services.GetRequiredService<TimeProvider>();
        var cutOff = new CancellationTokenSource();
        var pipeline = middleware.Reverse().Aggregate((FunctionExecutionDelegate)FunctionCall.ExecuteAsync, (next, around) => around(next));
        var invoker = ActivatorUtilities.CreateInstance<FunctionInvoker>(web.Services, pipeline, hostJson.FunctionTimeout, cutOff.Token, time);
        HttpFunctionRoutes.Map(web, httpFunctions, keys, invoker);

        var clients = new ServiceBusClients(web.Services, hostJson.ServiceBus);
        var loggers = web.Services.GetRequiredService<ILoggerFactory>();
        var loops = functions.Select(function => function.Trigger switch
        {
            TimerTriggerAttribute => new TimerLoop(function, web.Configuration, invoker, time),
            ServiceBusTriggerAttribute => new QueueLoop(
                function, QueueTrigger.Read(function, web.Configuration, hostJson.ServiceBus), clients, invoker, time, loggers),
            _ => (ITriggerLoop?)null,
        }).OfType<ITriggerLoop>().ToList();
        TimerAdmin.Map(web, [.. loops.OfType<TimerLoop>()], keys);
        return new FunctionsHost(web, _port, httpFunctions, loops, clients, keys.Any, _site.Output, cutOff, time);
    }

    HttpFunction Http(FunctionMethod function, HostJson hostJson) => _aspNetCore
        ? new(function, hostJson.RoutePrefix)
        : throw function.Refused("the app has not asked for ASP.NET Core. Call builder.ConfigureFunctionsWebApplication() before builder.Build().");
}
