using System.Globalization;
using Atrium.Local.Emulators;

namespace Atrium.Local.Host;

/// <summary>
/// What the command line asks for: the app, which `dotnet run` names, and what a person may want otherwise.
/// </summary>
internal sealed record HostOptions
{
    public const string Usage = """
        Usage: dotnet run --project src/Atrium.Functions [-- options]
          --demo             start everything, send three events to a receiver of its own, and end
          --port <number>    the HTTP port; 0 takes any free one (default 7071)
          --state <folder>   where the local stand-ins keep their data (default .local/state in the repository)
          --clock-speed <n>  let the Service Bus emulator's waits pass n times as fast
          --real-locks       let the locks of messages last as long as without --clock-speed
          --limits <name>    standard: the Service Bus emulator throttles as the Standard tier does (default none)
          --locks <name>     link: a message cannot be settled once the link has ended that it came by (default queue)
          --free-ports       take any free port for HTTP and for each stand-in, beside another app that runs
          --functions        list all functions with their addresses at start
          --debug            have each worker wait until a debugger is attached to its process
          --help             this text
        """;

    /// <summary>The app's assembly.</summary>
    public string App { get; init; } = "";

    public int? Port { get; init; }
    public bool Debug { get; init; }
    public bool Demo { get; init; }
    public bool FreePorts { get; init; }
    public bool Functions { get; init; }
    public bool Help { get; init; }
    public string? State { get; init; }
    public double ClockSpeed { get; init; } = 1;
    public bool RealLocks { get; init; }
    public bool StandardLimits { get; init; }
    public bool LocksEndWithLink { get; init; }

    /// <summary>What is wrong with the command line, in one sentence; null when nothing is.</summary>
    public string? Fault { get; init; }

    public static HostOptions Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || args[0].StartsWith('-') || !File.Exists(args[0]))
        {
            var missing = args.Count == 0 || args[0].StartsWith('-') ? "" : $" and there is no file {args[0]}";
            return new()
            {
                Fault = $"The app's assembly must come first{missing}. "
                    + "`dotnet run --project src/Atrium.Functions` names it by itself.",
            };
        }

        var options = new HostOptions { App = Path.GetFullPath(args[0]) };
        for (var i = 1; i < args.Count && options.Fault is null; i++)
        {
            var (name, value) = Split(args, ref i);
            options = name switch
            {
                "--demo" => options with { Demo = true },
                "--debug" => options with { Debug = true },
                "--free-ports" => options with { FreePorts = true },
                "--functions" => options with { Functions = true },
                "--real-locks" => options with { RealLocks = true },
                "--help" or "-h" => options with { Help = true },
                "--port" or "--state" or "--clock-speed" or "--limits" or "--locks" when string.IsNullOrEmpty(value) =>
                    options with { Fault = $"{name} needs a value." },
                "--port" when LoopbackPort.TryParse(value, out var port) => options with { Port = port },
                "--port" => options with
                {
                    Fault = $"--port takes a whole number from 0 (any free port) to {LoopbackPort.Highest}, "
                        + $"not \"{value}\".",
                },
                "--state" => options with { State = value },
                "--clock-speed" when double.TryParse(value, CultureInfo.InvariantCulture, out var speed)
                    && speed is >= 1 and <= 1000 =>
                    options with { ClockSpeed = speed },
                "--clock-speed" =>
                    options with { Fault = $"--clock-speed takes a number from 1 to 1000, not \"{value}\"." },
                "--limits" when value is "none" or "standard" =>
                    options with { StandardLimits = value == "standard" },
                "--limits" => options with { Fault = $"--limits takes none or standard, not \"{value}\"." },
                "--locks" when value is "queue" or "link" => options with { LocksEndWithLink = value == "link" },
                "--locks" => options with { Fault = $"--locks takes queue or link, not \"{value}\"." },
                var unknown => options with { Fault = $"There is no option \"{unknown}\"." },
            };
        }

        return options;
    }

    // Both "--port 1" and "--port=1".
    static (string Name, string Value) Split(IReadOnlyList<string> args, ref int i)
    {
        var parts = args[i].Split('=', 2);
        var takesValue = parts[0] is "--port" or "--state" or "--clock-speed" or "--limits" or "--locks";
        return (
            takesValue ? parts[0] : args[i],
            parts.Length > 1 ? parts[1] : takesValue && i + 1 < args.Count ? args[++i] : "");
    }
}
