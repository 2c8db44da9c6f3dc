using System.Globalization;
using Atrium.Local.Emulators;
using Atrium.Local.Emulators.Azurite;
using Atrium.Local.Emulators.KeyVault;
using Atrium.Local.Emulators.ServiceBus;
using Atrium.Local.Host.ServiceBus;
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
        Port = Port(EmulatorPort.ServiceBus),
        ClockSpeed = options.ClockSpeed,
        RealLocks = options.RealLocks,
        StandardLimits = options.StandardLimits,
        LocksEndWithLink = options.LocksEndWithLink,
        Tier = Read(
            $"{Section}__ServiceBusTier", ServiceBusTier.Standard, ServiceBusTierNames.TryParse, "Standard or Premium"),
    };

    public AzuriteEmulatorOptions Azurite => new()
    {
        ToolsFolder = LocalState.Tools,
        DataFolder = Path.Combine(State, "tables"),
        Port = Port(EmulatorPort.Tables),
    };

    public KeyVaultEmulatorOptions KeyVault => new()
    {
        StateFolder = Path.Combine(State, "keyvault"),
        Port = Port(EmulatorPort.KeyVault),
    };

    /// <summary>How often a worker that died is started again within half an hour.</summary>
    public int WorkerRestarts => Read(
        $"{Section}__WorkerRestarts",
        RestartBudget.Default,
        (text, out restarts) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out restarts)
            && restarts <= RestartBudget.Most,
        $"a whole number from 0 to {RestartBudget.Most}");

    /// <summary>
    /// Whether a stop cancels the functions of queues and timers at once, as Azure's does unless it scales in, and not
    /// only those that go on for too long.
    /// </summary>
    public bool StopCancels => Read($"{Section}__StopCancels", false, bool.TryParse, "true or false");

    /// <summary>Unknown keys in the section <c>LocalStack</c>: misspelt ones have no effect.</summary>
    public IEnumerable<string> Unknown => configuration.GetSection(Section).GetChildren()
        .Select(setting => setting.Key).Except(Names, StringComparer.OrdinalIgnoreCase)
        .Select(name => $"{Section}__{name}");

    bool IsSet(string key) => !string.IsNullOrEmpty(configuration[key]);

    // A demo must not fail because something else runs on the machine.
    int Port(EmulatorPort port) => options.FreePorts ? 0 : Read(
        port.Setting, options.Demo ? 0 : port.Default, LoopbackPort.TryParse,
        "a port from 0 to 65535, 0 for any free one");

    T Read<T>(string setting, T otherwise, TryParse<T> tryParse, string must) where T : struct =>
        configuration[setting.Replace("__", ":", StringComparison.Ordinal)] switch
        {
            null or "" => otherwise,
            var text when tryParse(text, out var value) => value,
            var text => throw new HostStartException($"The setting {setting} must be {must}; it is \"{text}\"."),
        };

    delegate bool TryParse<T>(string text, out T value);
}
