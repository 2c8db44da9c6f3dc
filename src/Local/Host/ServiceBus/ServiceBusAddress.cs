using Atrium.Local.Host.Settings;
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

    /// <summary>Finds the address under a setting's name, as the real host does.</summary>
    /// <exception cref="HostStartException">The setting has no address.</exception>
    public static ServiceBusAddress Find(IConfiguration settings, string name, string reader)
    {
        foreach (var candidate in new[] { HostPrefix + name, name })
        {
            if ((settings.GetConnectionString(candidate) ?? settings[candidate]) is { Length: > 0 } connectionString)
            {
                return new(connectionString, null);
            }

            if (settings[$"{candidate}:fullyQualifiedNamespace"] is { Length: > 0 } host)
            {
                return new(null, host);
            }
        }

        throw new HostStartException(
            $"The {reader} takes its Service Bus connection from the setting {name}, which is not set. "
            + $"Set {name} to a connection string, "
            + $"or {name}__fullyQualifiedNamespace to a namespace's host name, "
            + $"in {LocalSettings.FileName} under Values or in the environment.");
    }

    /// <summary>The address in words, without the key.</summary>
    public override string ToString() => FullyQualifiedNamespace ?? "a connection string";
}
