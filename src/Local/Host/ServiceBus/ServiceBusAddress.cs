using Atrium.Local.Host.Settings;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.ServiceBus;

/// <summary>Where a trigger's messages are: exactly one of the two is given.</summary>
/// <param name="ConnectionString">A connection string.</param>
/// <param name="FullyQualifiedNamespace">The host name of a namespace, entered with the app's own identity.</param>
internal sealed record ServiceBusAddress(string? ConnectionString, string? FullyQualifiedNamespace)
{
    /// <summary>What an attribute that names no connection means.</summary>
    public const string DefaultName = "ServiceBus";

    // The real host looks under its own prefix first.
    const string HostPrefix = "AzureWebJobs";

    // The section where the real host looks before it takes the name as it is.
    const string ConnectionStrings = "ConnectionStrings";

    /// <summary>The only queue that the connection string is for; null or empty for all.</summary>
    /// <exception cref="FormatException">The connection string cannot be read.</exception>
    public string? EntityPath => ConnectionString is null
        ? null
        : ServiceBusConnectionStringProperties.Parse(ConnectionString).EntityPath;

    /// <summary>Finds the address under a setting's name, as the real host does.</summary>
    /// <returns>The address, and the setting that it stands in; null when there is none.</returns>
    public static (string Setting, ServiceBusAddress Address)? Find(IConfiguration settings, string name)
    {
        foreach (var candidate in new[] { HostPrefix + name, name })
        {
            foreach (var setting in new[] { ConfigurationPath.Combine(ConnectionStrings, candidate), candidate })
            {
                if (settings[setting] is { Length: > 0 } connectionString)
                {
                    return (setting, new(connectionString, null));
                }
            }

            if (settings[NamespaceOf(candidate)] is { Length: > 0 } host)
            {
                return (NamespaceOf(candidate), new(null, host));
            }
        }

        return null;
    }

    /// <summary>Whether the app, too, reads an address in this setting; otherwise only triggers would.</summary>
    public static bool IsOfApp(string setting, string name) => setting == name || setting == NamespaceOf(name);

    /// <summary>The address that a trigger is to take.</summary>
    /// <exception cref="HostStartException">The setting has no address.</exception>
    public static ServiceBusAddress Of(IConfiguration settings, string name, string reader) =>
        Find(settings, name)?.Address ?? throw new HostStartException(
            $"The {reader} takes its Service Bus connection from the setting {name}, which is not set. "
            + $"Set {name} to a connection string, "
            + $"or {name}__fullyQualifiedNamespace to a namespace's host name, "
            + $"in {LocalSettings.FileName} under Values or in the environment.");

    /// <summary>The address in words, without the key.</summary>
    public override string ToString() => FullyQualifiedNamespace ?? "a connection string";

    // The setting with the host name of a namespace.
    static string NamespaceOf(string name) => ConfigurationPath.Combine(name, "fullyQualifiedNamespace");
}
