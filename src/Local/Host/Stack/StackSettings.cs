using System.Globalization;
using Atrium.Local.Emulators;
using Atrium.Local.Emulators.Azurite;
using Atrium.Local.Emulators.KeyVault;
using Atrium.Local.Emulators.ServiceBus;
using Atrium.Local.Host.ServiceBus;
using Atrium.Local.Host.Settings;
using Atrium.Local.Host.Worker;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Stack;

/// <summary>
/// Which stand-ins are needed, and where they keep their data. A service that the settings name is not stood in for.
/// </summary>
internal sealed class StackSettings(IConfiguration configuration, HostOptions options)
{
    // The app's settings, by their names in local.settings.sample.json.
    public const string AllowLoopback = "Egress:AllowLoopback";
    public const string ServiceBusConnection = "ServiceBus";
    public const string Credits = "Credits:PerSecond";
    public const string TablesConnection = "Tables";
    public const string VaultUri = "KeyVault:vaultUri";

    /// <summary>For the app: the file of the certificate that the vault emulator serves.</summary>
    public const string VaultCertificate = $"{Section}:VaultCertificate";

    const string Section = "LocalStack";
    static readonly string[] Names =
    [
        "KeyVaultPort", "ServiceBusConfig", "ServiceBusPort", "ServiceBusTier", "State", "StopCancels", "TablesPort",
        "WorkerRestarts", "VaultCertificate",
    ];

    // Of 1,000; the rest is for whoever publishes events.
    const int StandardCredits = 700;

    const int DefaultServiceBusPort = 5672;
    const int DefaultTablesPort = 10002;
    const int DefaultKeyVaultPort = 8443;

    /// <summary>The one folder that holds all local data; git ignores it.</summary>
    public string State { get; } = Path.GetFullPath(options.State
        // A demo empties its folder: never the one that the settings name for the app's own data.
        ?? (options.Demo ? Path.Combine(LocalState.Root, "demo")
            : configuration[$"{Section}:State"] is { Length: > 0 } set ? set : Path.Combine(LocalState.Root, "state")));

    /// <summary>Whether the settings leave it to the local runtime if webhooks may go to this machine.</summary>
    public bool MayAllowLoopback => !IsSet(AllowLoopback);

    /// <summary>
    /// What the app may spend of a throttled namespace's credits a second, as infra/ has it for the Standard tier; null
    /// where nothing is throttled, or the settings say it.
    /// </summary>
    public int? CreditsPerSecond => options.StandardLimits && !IsSet(Credits) ? StandardCredits : null;

    /// <summary>
    /// The triggers decide, by the rules of the real host, since they would take messages from wherever they find an
    /// address.
    /// </summary>
    /// <exception cref="HostStartException">They find one where the app does not look.</exception>
    public bool NeedsServiceBus => ServiceBusAddress.Find(configuration, ServiceBusConnection) switch
    {
        null => true,
        var (setting, _) when ServiceBusAddress.IsOfApp(setting, ServiceBusConnection) => false,
        var (setting, _) => throw new HostStartException(
            $"The setting {setting.Replace(":", "__", StringComparison.Ordinal)} names a Service Bus from which the "
            + $"triggers would take messages, but the app sends to what {ServiceBusConnection} or "
            + $"{ServiceBusConnection}__fullyQualifiedNamespace names. Give the address that name, or remove it."),
    };

    public bool NeedsTables => !IsSet(TablesConnection) && !IsSet($"{TablesConnection}:serviceUri");

    public bool NeedsKeyVault => !IsSet(VaultUri);

    public ServiceBusEmulatorOptions ServiceBus => new()
    {
        ConfigFile = configuration[$"{Section}:ServiceBusConfig"] is { Length: > 0 } set
            ? set
            : Path.Combine(AppContext.BaseDirectory, "config.json"),
        DatabaseFile = Path.Combine(State, "servicebus.db"),
        Port = Port("ServiceBusPort", DefaultServiceBusPort),
        ClockSpeed = options.ClockSpeed,
        RealLocks = options.RealLocks,
        StandardLimits = options.StandardLimits,
        LocksEndWithLink = options.LocksEndWithLink,
        Tier = Tier,
    };

    public AzuriteEmulatorOptions Azurite => new()
    {
        ToolsFolder = LocalState.Tools,
        DataFolder = Path.Combine(State, "tables"),
        Port = Port("TablesPort", DefaultTablesPort),
    };

    public KeyVaultEmulatorOptions KeyVault => new()
    {
        StateFolder = Path.Combine(State, "keyvault"),
        Port = Port("KeyVaultPort", DefaultKeyVaultPort),
    };

    /// <summary>How often a worker that died is started again within half an hour.</summary>
    public int WorkerRestarts => configuration[$"{Section}:WorkerRestarts"] switch
    {
        null or "" => RestartBudget.Default,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var restarts)
            && restarts <= RestartBudget.Most => restarts,
        var text => throw new HostStartException(
            $"The setting {Section}__WorkerRestarts must be a whole number from 0 to {RestartBudget.Most}; "
            + $"it is \"{text}\"."),
    };

    /// <summary>
    /// Whether a stop cancels the functions of queues and timers at once, as Azure's does unless it scales in, and not
    /// only those that go on for too long.
    /// </summary>
    public bool StopCancels => configuration[$"{Section}:StopCancels"] switch
    {
        null or "" => false,
        var text when bool.TryParse(text, out var cancels) => cancels,
        var text => throw new HostStartException(
            $"The setting {Section}__StopCancels must be true or false; it is \"{text}\"."),
    };

    ServiceBusTier Tier => configuration[$"{Section}:ServiceBusTier"] switch
    {
        null or "" => ServiceBusTier.Standard,
        var text when Enum.TryParse<ServiceBusTier>(text, ignoreCase: true, out var tier) && !char.IsDigit(text[0]) =>
            tier,
        var text => throw new HostStartException(
            $"The setting {Section}__ServiceBusTier must be Standard or Premium; it is \"{text}\"."),
    };

    /// <summary>Unknown keys in the section <c>LocalStack</c>: misspelt ones have no effect.</summary>
    public IEnumerable<string> Unknown => configuration.GetSection(Section).GetChildren()
        .Select(setting => setting.Key).Except(Names, StringComparer.OrdinalIgnoreCase)
        .Select(name => $"{Section}__{name}");

    bool IsSet(string key) => !string.IsNullOrEmpty(configuration[key]);

    // A demo must not fail because something else runs on the machine.
    int Port(string name, int otherwise) => configuration[$"{Section}:{name}"] switch
    {
        _ when options.FreePorts => 0,
        null or "" => options.Demo ? 0 : otherwise,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port <= HttpPort.Highest => port,
        var text => throw new EmulatorStartException(
            $"The setting {Section}__{name} must be a port from 0 to 65535, 0 for any free one; it is \"{text}\"."),
    };
}
