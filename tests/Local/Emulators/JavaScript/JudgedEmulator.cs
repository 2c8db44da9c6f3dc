using System.Globalization;
using System.Text.Json;
using Atrium.JavaScript;
using Atrium.Local.Emulators.ServiceBus;
using Atrium.Processes;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Atrium.Local.Emulators.Tests.JavaScript;

/// <summary>
/// One emulator for all scripts of a test class. Each script has a queue to itself, which bears the script's name.
/// </summary>
public abstract class JudgedEmulator(IMessageSink diagnostics, double clockSpeed, params QueueUnderTest[] queues)
    : IAsyncLifetime
{
    static readonly string Scripts = Path.Combine(AppContext.BaseDirectory, "JavaScript", "scripts");

    readonly string _folder = Directory.CreateTempSubdirectory("atrium-judge-").FullName;
    readonly BrokerLog _log = new();
    readonly ClockAhead _time = new();
    ServiceBusEmulator? _emulator;
    ServiceBusEmulatorOptions? _options;

    /// <summary>By a fast clock, a lock would run out before a busy machine had come to settle the message.</summary>
    protected virtual bool RealLocks => true;

    public async Task InitializeAsync()
    {
        await NpmPackages.InstallAsync(Scripts, line => diagnostics.OnMessage(new DiagnosticMessage(line)));
        var config = new
        {
            UserConfig = new
            {
                Namespaces =
                    new[] { new { Name = "sbemulatorns", Queues = queues.Select(q => q.ToJson()),
                    Topics = Array.Empty<object>() } },
                Logging = new { Type = "Console" },
            },
        };
        var configFile = Path.Combine(_folder, "config.json");
        await File.WriteAllTextAsync(configFile, JsonSerializer.Serialize(config));
        _options = new ServiceBusEmulatorOptions
        {
            ConfigFile = configFile,
            DatabaseFile = Path.Combine(_folder, "servicebus.db"),
            Port = LastingPort.Next(),
            ClockSpeed = clockSpeed,
            RealLocks = RealLocks,
        };
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_emulator is not null)
        {
            await _emulator.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs scripts/<paramref name="script"/>.mjs on the queue of that name.</summary>
    /// <exception cref="XunitException">The script failed; the message holds what it printed and what the emulator
    /// logged.</exception>
    internal async Task JudgeAsync(string script)
    {
        Assert.Contains(queues, q => q.Name == script);
        _log.Clear();
        // Tokens of the next script are for its own hour.
        _time.Ahead = TimeSpan.Zero;
        try
        {
            await NodeScript.RunAsync(
                Path.Combine(Scripts, script + ".mjs"), [_emulator!.ConnectionString, script], AnswerAsync);
        }
        catch (NodeScriptFailedException e)
        {
            throw new XunitException(
                $"{e.Message}{Environment.NewLine}The emulator logged:{Environment.NewLine}{_log}");
        }
    }

    async Task<string?> AnswerAsync(string request)
    {
        switch (request.Split(' '))
        {
            case ["restart"]:
                await _emulator!.DisposeAsync();
                await StartAsync();
                return "restarted";
            case ["pass", var minutes]:
                _time.Ahead += TimeSpan.FromMinutes(int.Parse(minutes, CultureInfo.InvariantCulture));
                return "passed";
            default:
                return null;
        }
    }

    async Task StartAsync()
    {
        using var loggers = new BrokerLogFactory(_log);
        _emulator = await ServiceBusEmulator.StartAsync(
            _options!, _time, loggers, CancellationToken.None);
    }
}
