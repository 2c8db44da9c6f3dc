using System.Net;
using Atrium.Local.Emulators;
using Atrium.Local.Host.Demo;
using Atrium.Local.Host.Settings;
using Atrium.Local.Host.Stack;
using Atrium.Local.Host.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host;

/// <summary>
/// One run of the host: what stands in for Azure, then the worker, then the triggers; and all of it ended in the
/// opposite order.
/// </summary>
internal static class LocalHost
{
    /// <summary>The setting that names the folder of host.json and local.settings.json; the real host's own.</summary>
    const string ScriptRootVariable = "AzureWebJobsScriptRoot";

    const string EnvironmentVariable = "AZURE_FUNCTIONS_ENVIRONMENT";

    /// <summary>What Core Tools sets when the shell does not.</summary>
    const string DefaultEnvironment = "Development";

    const int Succeeded = 0;
    const int Failed = 1;

    /// <param name="options">What the command line asks for.</param>
    /// <param name="stopping">Cancelled when the host is to stop.</param>
    /// <param name="impatient">Cancelled when it is to stop without waiting for what runs.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="HostStartException">It cannot start, or its worker has died too often.</exception>
    /// <exception cref="EmulatorStartException">What stands in for Azure cannot start.</exception>
    public static async Task<int> RunAsync(HostOptions options, CancellationToken stopping, CancellationToken impatient)
    {
        AppServiceGuard.Refuse(Environment.GetEnvironmentVariable);
        LoopbackPort.RequireAddress(IPAddress.Loopback);
        var time = TimeProvider.System;
        var scriptRoot = Environment.GetEnvironmentVariable(ScriptRootVariable) is { Length: > 0 } root
            ? Path.GetFullPath(root)
            : Path.GetDirectoryName(options.App)!;
        var local = new LocalSettingsFile(Path.Combine(scriptRoot, LocalSettings.FileName)).Read();
        local.Export(Environment.GetEnvironmentVariables().Keys.Cast<string>(), Environment.SetEnvironmentVariable);
        NoProxy.ExemptLoopback(Environment.GetEnvironmentVariable, Environment.SetEnvironmentVariable);
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        var hostJson = HostJson.Read(new(Path.Combine(scriptRoot, HostJson.FileName)), configuration);
        var port = new FunctionsPort(
            options.Port ?? (options.FreePorts ? 0 : local.LocalHttpPort ?? FunctionsPort.Default));
        port.RefuseWhenTaken();

        using var loggers = HostLogging.Create(hostJson.LogLevels, configuration, quiet: options.Demo);
        var settings = new StackSettings(configuration, options);
        foreach (var name in settings.Unknown)
        {
            Console.Error.WriteLine(
                $"There is no setting {name}, so it has no effect. local.settings.sample.json has all names.");
        }

        foreach (var name in hostJson.Unread)
        {
            Console.Error.WriteLine($"{HostJson.FileName}: the local host does not read {name}, so it has no effect.");
        }

        var budget = new RestartBudget(settings.WorkerRestarts, time);
        var stopCancels = settings.StopCancels;
        UsableFolder.Make(settings.State);
        using var demo = options.Demo ? DemoState.Take(settings.State) : null;
        if (demo is not null)
        {
            settings = new(configuration, options with { State = demo.Folder });
        }

        using var alone = UsableFolder.Lock(settings.State, "host.lock") ?? throw new HostStartException(
            $"Another host runs in the state folder {settings.State}. Stop that one, or name another with --state.");
        // One that was killed has left its file behind.
        Running.Remove(settings.State);
        // What takes over two seconds must not look like a hang.
        Console.WriteLine("Starting what stands in for Azure ...");
        await using var stack = await LocalStack.StartAsync(settings, Console.WriteLine, loggers, time, stopping);
        await using var server = await WorkerServer.StartAsync(loggers, stopping);
        configuration.AddInMemoryCollection(stack.Configuration);
        var site = new WorkerSite(options.App, scriptRoot, server.Grpc, Variables(options, stack, server));
        await using var workers = new WorkerSupervisor(
            cancel =>
                RunningWorker.StartAsync(
                    site, server.Expected, line => WorkerLog.Write(loggers, line, time), time, cancel),
            budget,
            loggers.CreateLogger<WorkerSupervisor>());
        Console.WriteLine("Starting the app ...");
        var worker = await workers.StartAsync(stopping);
        await using var host = new FunctionsHost(
            worker, workers, server.Messages, port, local, hostJson, configuration, settings.State, stopCancels,
            loggers, time);
        try
        {
            await host.StartAsync(stopping);
            if (options.Functions)
            {
                host.List(Console.Out);
            }

            using var running = new Running(stack, settings, options, host.Address, host.AsksForKeys);
            workers.Restarted += next => running.Write(next.ProcessId);
            worker = await workers.CurrentAsync(stopping) ?? throw new HostStartException(await workers.GaveUp);
            running.Write(worker.ProcessId);
            running.Print(worker.ProcessId);
            return await UntilEndAsync(options, workers, new(host.Address, configuration, time), stopping);
        }
        finally
        {
            // Without a worker there is nothing to wait for.
            using var now = CancellationTokenSource.CreateLinkedTokenSource(impatient, workers.None);
            await host.StopAsync(now.Token);
            // Before the triggers are disposed of, which wait for what was left behind.
            await workers.StopAsync();
        }
    }

    static async Task<int> UntilEndAsync(
        HostOptions options, WorkerSupervisor workers, Demo.Demo demo, CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.Register(stopped.SetResult);
        Task<bool>? demonstration = options.Demo ? demo.RunAsync(stopping) : null;
        await Task.WhenAny(workers.GaveUp, demonstration ?? stopped.Task);
        return demonstration is { IsCompleted: true } ? await demonstration ? Succeeded : Failed
            : workers.GaveUp.IsCompleted ? throw new HostStartException(await workers.GaveUp)
            : Succeeded;
    }

    static Dictionary<string, string> Variables(HostOptions options, LocalStack stack, WorkerServer server)
    {
        var variables = stack.Configuration.ToDictionary(
            setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value ?? "");
        variables[EnvironmentVariable] = Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } set
            ? set
            : DefaultEnvironment;
        if (options.Debug)
        {
            variables[StartupHook.WaitVariable] = "1";
        }

        if (stack.KeyVault is not null)
        {
            foreach (var (name, value) in server.Identity.Settings(server.Http))
            {
                variables[name] = value;
            }
        }

        return variables;
    }
}
