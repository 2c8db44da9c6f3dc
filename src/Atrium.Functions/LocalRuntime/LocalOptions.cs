namespace Atrium.Functions.LocalRuntime;

/// <summary>What the command line asks of the local stack.</summary>
internal sealed record LocalOptions
{
    public const string Usage = """
        Usage: dotnet run --project src/Atrium.Functions [-- options]
          --demo             start everything, send three events to a receiver of its own, and end
          --port <number>    the HTTP port; 0 takes any free one (default 7071)
          --state <folder>   where the local stand-ins keep their data (default .local in the repository)
          --clock-speed <n>  let the Service Bus emulator's waits pass n times as fast
          --help             this text
        """;

    public bool Demo { get; init; }
    public bool Help { get; init; }
    public string? State { get; init; }
    public double ClockSpeed { get; init; } = 1;

    /// <summary>What is wrong with the command line, in one sentence; null when nothing is.</summary>
    public string? Fault { get; init; }

    public static LocalOptions Parse(IReadOnlyList<string> args)
    {
        var options = new LocalOptions();
        for (var i = 0; i < args.Count && options.Fault is null; i++)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            options = args[i] switch
            {
                "--demo" => options with { Demo = true },
                "--help" or "-h" => options with { Help = true },
                "--port" or "--state" or "--clock-speed" when string.IsNullOrEmpty(value) => options with { Fault = $"{args[i]} needs a value." },
                "--port" => options,
                "--state" => options with { State = value },
                "--clock-speed" when double.TryParse(value, out var speed) && speed is >= 1 and <= 1000 => options with { ClockSpeed = speed },
                "--clock-speed" => options with { Fault = $"--clock-speed takes a number from 1 to 1000, not \"{value}\"." },
                var unknown => options with { Fault = $"There is no option \"{unknown}\"." },
            };
            i += args[i] is "--port" or "--state" or "--clock-speed" ? 1 : 0;
        }

        return options;
    }
}
