using System.Globalization;
using Atrium.Local.Emulators.ServiceBus;

namespace Atrium.Local.Emulators;

/// <summary>The command line of the emulators' own program.</summary>
internal sealed record EmulatorArguments
{
    public const string Usage = """
        Runs local stand-ins for Azure Service Bus, Key Vault and Table Storage, until Ctrl-C.

          --only <names>            some of servicebus,keyvault,tables, with commas between (default: all three)
          --state <folder>          where they keep their data (default: .local/emulators)
          --port <number>           of the Service Bus emulator (default: 5672)
          --keyvault-port <number>  of the Key Vault emulator (default: 8443)
          --tables-port <number>    of the table emulator (default: 10002)
                                    each port from 1 to 65535, or 0 for any free one
          --config <file>           the queues, in the format of the official Service Bus emulator (default: the app's)
          --tier <name>             of Service Bus, for the size of messages: standard or premium (default: standard)
          --limits <name>           of load on Service Bus: none, or standard for 1,000 credits a second and 6,000
                                    unsettled deliveries on a link (default: none)
          --locks <name>            where a message can be settled: queue, or link for as long as the link is there that
                                    it came by (default: queue)
          --clock-speed <number>    how many times faster the Service Bus emulator's clock runs (default: 1)
          --help                    shows this

        The certificate of the Key Vault emulator, for clients that trust it, is
        <state folder>/keyvault/certificate.pem.
        """;

    static readonly string[] Names = ["servicebus", "keyvault", "tables"];

    public IReadOnlyList<string> Only { get; init; } = Names;

    public string StateFolder { get; init; } = Path.Combine(".local", "emulators");

    public int ServiceBusPort { get; init; } = EmulatorPort.ServiceBus.Default;

    public int KeyVaultPort { get; init; } = EmulatorPort.KeyVault.Default;

    public int TablesPort { get; init; } = EmulatorPort.Tables.Default;

    public string? ConfigFile { get; init; }

    public ServiceBusTier Tier { get; init; } = ServiceBusTier.Standard;

    public bool StandardLimits { get; init; }

    public bool LocksEndWithLink { get; init; }

    public double ClockSpeed { get; init; } = 1;

    public bool Help { get; init; }

    /// <summary>Gives the settings, or else one sentence about the first thing that is wrong.</summary>
    public static (EmulatorArguments? Arguments, string? Problem) Parse(ReadOnlySpan<string> arguments)
    {
        var parsed = new EmulatorArguments();
        for (var rest = arguments; !rest.IsEmpty;)
        {
            var name = rest[0];
            var value = rest.Length > 1 ? rest[1] : null;
            if (name is "--help" or "-h")
            {
                return (new EmulatorArguments { Help = true }, null);
            }

            var (next, problem) = parsed.With(name, value);
            if (next is null)
            {
                return (null, problem);
            }

            parsed = next;
            rest = rest[2..];
        }

        return (parsed, null);
    }

    (EmulatorArguments? Arguments, string? Problem) With(string name, string? value) => (name, value) switch
    {
        (not ("--only" or "--state" or "--port" or "--keyvault-port" or "--tables-port" or "--config" or "--tier"
            or "--limits" or "--locks" or "--clock-speed"), _) =>
            (null, $"The argument '{name}' is not known."),
        (_, null or "") => (null, $"The argument {name} needs a value after it."),
        ("--only", _) => value.Split(',') is var only && only.Except(Names).FirstOrDefault() is { } unknown
            ? (null, $"There is no emulator '{unknown}' to start with --only: choose from {string.Join(',', Names)}.")
            : (this with { Only = only }, null),
        ("--state", _) => (this with { StateFolder = value }, null),
        ("--config", _) => (this with { ConfigFile = value }, null),
        ("--tier", _) => ServiceBusTierNames.TryParse(value, out var tier)
            ? (this with { Tier = tier }, null)
            : (null, $"The argument --tier must be standard or premium; it is '{value}'."),
        ("--limits", "none" or "standard") => (this with { StandardLimits = value == "standard" }, null),
        ("--limits", _) => (null, $"The argument --limits must be none or standard; it is '{value}'."),
        ("--locks", "queue" or "link") => (this with { LocksEndWithLink = value == "link" }, null),
        ("--locks", _) => (null, $"The argument --locks must be queue or link; it is '{value}'."),
        ("--clock-speed", _) => double.TryParse(
            value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed) && speed > 0
            ? (this with { ClockSpeed = speed }, null)
            : (null, $"The argument --clock-speed must be a number above 0, such as 60 or 1.5; it is '{value}'."),
        _ => LoopbackPort.TryParse(value, out var port)
            ? (WithPort(name, port), null)
            : (null, $"The argument {name} must be a port from 1 to 65535, or 0 for any free one; it is '{value}'."),
    };

    EmulatorArguments WithPort(string name, int port) => name switch
    {
        "--port" => this with { ServiceBusPort = port },
        "--keyvault-port" => this with { KeyVaultPort = port },
        _ => this with { TablesPort = port },
    };
}
