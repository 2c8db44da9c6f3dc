using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Local.SampleApp;

/// <summary>What the setting <c>Sample__Start</c> may ask for.</summary>
internal enum Start
{
    Normal,
    FailFast,
    Exit,
    Throw,
    InvalidOptions,
    Hang,
    WithoutFunctions,
    WithoutWebApplication,
    FailFastAfterTheFirst,
    PortTakenFromTheFirst,
    PortTakenFromEach,
}

/// <summary>The ways in which an app does not start.</summary>
internal static class Starts
{
    const string Setting = "Sample__Start";
    const int ExitCode = 3;

    public static bool Are(Start start) => Current == start;

    static Start Current { get; } = Enum.TryParse<Start>(Environment.GetEnvironmentVariable(Setting), out var start)
        ? start
        : Start.Normal;

    /// <summary>What goes wrong before the app is built.</summary>
    public static void BeforeAnything()
    {
        switch (Current)
        {
            case Start.FailFast:
                Environment.FailFast("The sample fails fast.");
                break;
            case Start.Exit:
                Environment.Exit(ExitCode);
                break;
            case Start.Throw:
                throw new InvalidOperationException("The sample throws.");
            case Start.Hang:
                using (var never = new ManualResetEventSlim())
                {
                    never.Wait();
                }

                break;
            case Start.FailFastAfterTheFirst when File.Exists(FirstMark):
                Environment.FailFast("The sample starts once only.");
                break;
            case Start.FailFastAfterTheFirst:
                File.WriteAllText(FirstMark, "");
                break;
            case Start.PortTakenFromTheFirst when !File.Exists(FirstMark):
                File.WriteAllText(FirstMark, "");
                ListenTwice();
                break;
            case Start.PortTakenFromEach:
                ListenTwice();
                break;
        }
    }

    /// <summary>What goes wrong with the app as it was built.</summary>
    public static void Spoil(FunctionsApplicationBuilder builder)
    {
        if (Are(Start.InvalidOptions))
        {
            builder.Services.AddOptions<Limits>()
                .Validate(limits => limits.Most > 0, "Sample:Most must be above zero.")
                .ValidateOnStart();
        }
        else if (Are(Start.WithoutFunctions))
        {
            builder.Services.AddSingleton<IFunctionMetadataProvider, NoFunctions>();
        }
    }

    // As an app does that gets the port of another.
    static void ListenTwice()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var taken = new TcpListener(IPAddress.Loopback, ((IPEndPoint)other.LocalEndpoint).Port);
        try
        {
            taken.Start();
        }
        catch (SocketException inUse)
        {
            throw new IOException("Failed to bind.", inUse);
        }
    }

    // Beside the app's host.json, which each test has of its own.
    static string FirstMark =>
        Path.Combine(Environment.GetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY")!, "started");

    sealed class Limits
    {
        public int Most { get; set; }
    }

    sealed class NoFunctions : IFunctionMetadataProvider
    {
        public Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory) =>
            Task.FromResult(ImmutableArray<IFunctionMetadata>.Empty);
    }
}
