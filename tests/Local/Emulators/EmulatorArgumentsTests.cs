using Atrium.Local.Emulators.ServiceBus;

namespace Atrium.Local.Emulators.Tests;

public sealed class EmulatorArgumentsTests
{
    [Fact]
    public void Without_arguments_all_three_start_on_their_known_ports()
    {
        var (arguments, problem) = EmulatorArguments.Parse([]);

        Assert.Null(problem);
        Assert.Equal(["servicebus", "keyvault", "tables"], arguments!.Only);
        Assert.Equal((5672, 8443, 10002), (arguments.ServiceBusPort, arguments.KeyVaultPort, arguments.TablesPort));
        Assert.Equal(Path.Combine(".local", "emulators"), arguments.StateFolder);
        Assert.Equal(
            (1, ServiceBusTier.Standard, false, false),
            (arguments.ClockSpeed, arguments.Tier, arguments.StandardLimits, arguments.LocksEndWithLink));
        Assert.Null(arguments.ConfigFile);
    }

    [Fact]
    public void Every_argument_is_taken()
    {
        string[] given =
        [
            "--only", "tables,keyvault", "--state", "data", "--port", "0", "--keyvault-port", "1", "--tables-port",
            "65535",
            "--config", "queues.json", "--clock-speed", "1.5", "--tier", "Premium",
            "--limits", "standard", "--locks", "link",
        ];

        var (arguments, problem) = EmulatorArguments.Parse(given);

        Assert.Null(problem);
        Assert.Equal(["tables", "keyvault"], arguments!.Only);
        Assert.Equal((0, 1, 65535), (arguments.ServiceBusPort, arguments.KeyVaultPort, arguments.TablesPort));
        Assert.Equal(("data", "queues.json", 1.5), (arguments.StateFolder, arguments.ConfigFile, arguments.ClockSpeed));
        Assert.Equal((ServiceBusTier.Premium, true), (arguments.Tier, arguments.StandardLimits));
        Assert.False(EmulatorArguments.Parse([.. given, "--limits", "none"]).Arguments!.StandardLimits);
        Assert.True(arguments.LocksEndWithLink);
        Assert.False(EmulatorArguments.Parse([.. given, "--locks", "queue"]).Arguments!.LocksEndWithLink);
    }

    [Theory]
    [InlineData("'--colour' is not known", "--colour")]
    [InlineData("'tables' is not known", "tables")]
    [InlineData("--port needs a value", "--port")]
    [InlineData("--state needs a value", "--only", "tables", "--state", "")]
    [InlineData("no emulator 'blobs'", "--only", "tables,blobs")]
    [InlineData("no emulator ''", "--only", "tables,")]
    [InlineData("--port must be a port", "--port", "-1")]
    [InlineData("--keyvault-port must be a port", "--keyvault-port", "65536")]
    [InlineData("--tables-port must be a port", "--tables-port", "80x")]
    [InlineData("--clock-speed must be a number above 0", "--clock-speed", "0")]
    [InlineData("--clock-speed must be a number above 0", "--clock-speed", "fast")]
    [InlineData("--tier must be standard or premium", "--tier", "basic")]
    [InlineData("--limits must be none or standard", "--limits", "premium")]
    [InlineData("--limits needs a value", "--limits")]
    [InlineData("--locks must be queue or link", "--locks", "none")]
    public void What_is_wrong_is_said_in_a_sentence(string expected, params string[] given)
    {
        var (arguments, problem) = EmulatorArguments.Parse(given);

        Assert.Null(arguments);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_wins_over_what_comes_after_it() =>
        Assert.True(EmulatorArguments.Parse(["--help", "--colour"]).Arguments!.Help);
}
