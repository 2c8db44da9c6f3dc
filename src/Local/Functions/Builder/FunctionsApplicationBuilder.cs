using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Puts an app together: its services, settings, logging and middleware.</summary>
public class FunctionsApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    readonly LocalHostBuilder _host;
    readonly List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> _middleware = [];
    bool _built;

    internal FunctionsApplicationBuilder(string[] args)
        : this(args, HostSite.OfThisProcess())
    {
    }

    internal FunctionsApplicationBuilder(string[] args, HostSite site) => _host = new(args, site);

    /// <inheritdoc/>
    public IDictionary<object, object> Properties => Inner.Properties;

    /// <summary>The app's settings: appsettings.json, the environment (local.settings.json included), the arguments.</summary>
    public ConfigurationManager Configuration => _host.Web.Configuration;

    /// <inheritdoc/>
    public IHostEnvironment Environment => _host.Web.Environment;

    /// <inheritdoc/>
    public ILoggingBuilder Logging => _host.Web.Logging;

    /// <inheritdoc/>
    public IMetricsBuilder Metrics => _host.Web.Metrics;

    /// <summary>The app's services.</summary>
    public IServiceCollection Services => _host.Web.Services;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    IHostApplicationBuilder Inner => _host.Web;

    /// <summary>Puts the app together. It can be done once.</summary>
    /// <returns>The host, to be run.</returns>
    /// <exception cref="InvalidOperationException">It has been done before.</exception>
    public IHost Build()
    {
        RefuseWhenBuilt();
        _built = true;
        return _host.Build(_middleware);
    }

    /// <inheritdoc/>
    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => Inner.ConfigureContainer(factory, configure);

    /// <summary>Adds middleware around every invocation; the first added is the outermost.</summary>
    /// <param name="middleware">A function from the rest of an invocation to that rest with something around it.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">The app has been built.</exception>
    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        RefuseWhenBuilt();
        _middleware.Add(middleware);
        return this;
    }

    internal void AddAspNetCore() => _host.AddAspNetCore();

    void RefuseWhenBuilt()
    {
        if (_built)
        {
            throw new InvalidOperationException("The app has been built already. Build it once, and add middleware before that.");
        }
    }
}
