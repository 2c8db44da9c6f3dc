namespace Azure.Messaging.ServiceBus;

/// <summary>The parts of a connection string.</summary>
public class ServiceBusConnectionStringProperties
{
    /// <summary>The namespace's address, scheme <c>sb</c>, with its port if one was given.</summary>
    public Uri? Endpoint { get; private set; }

    /// <summary>The host name of the namespace.</summary>
    public string? FullyQualifiedNamespace => Endpoint?.Host;

    /// <summary>The queue or topic that the string is limited to, or null.</summary>
    public string? EntityPath { get; private set; }

    /// <summary>The name of the key, or null.</summary>
    public string? SharedAccessKeyName { get; private set; }

    /// <summary>The key, or null.</summary>
    public string? SharedAccessKey { get; private set; }

    /// <summary>A signature made beforehand, or null.</summary>
    public string? SharedAccessSignature { get; private set; }

    internal bool UseDevelopmentEmulator { get; private set; }

    /// <summary>Takes a connection string apart. Parts that are not known are ignored.</summary>
    /// <param name="connectionString">Pairs of name and value, <c>name=value</c>, with semicolons between them.</param>
    /// <returns>Its parts.</returns>
    /// <exception cref="ArgumentException">The string is null or empty.</exception>
    /// <exception cref="FormatException">The string has a part without a value, or an endpoint that is no address.</exception>
    public static ServiceBusConnectionStringProperties Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var parsed = new ServiceBusConnectionStringProperties();
        foreach (var part in connectionString.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var value = at < 0 ? "" : part[(at + 1)..].Trim();
            if (value.Length == 0)
            {
                // Not the part itself: it may be a key with its name forgotten.
                throw new FormatException("The connection string has a part without a name or a value. Each part is name=value, with semicolons between.");
            }

            parsed.Set(part[..at].Trim(), value);
        }

        return parsed;
    }

    void Set(string name, string value)
    {
        switch (name.ToUpperInvariant())
        {
            case "ENDPOINT": Endpoint = ToEndpoint(value); break;
            case "ENTITYPATH": EntityPath = value; break;
            case "SHAREDACCESSKEYNAME": SharedAccessKeyName = value; break;
            case "SHAREDACCESSKEY": SharedAccessKey = value; break;
            case "SHAREDACCESSSIGNATURE": SharedAccessSignature = value; break;
            case "USEDEVELOPMENTEMULATOR": UseDevelopmentEmulator = bool.TryParse(value, out var use) && use; break;
            default: break;
        }
    }

    static Uri ToEndpoint(string value)
    {
        var text = value.Contains("://", StringComparison.Ordinal) ? value : $"sb://{value}";
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && Uri.CheckHostName(uri.Host) != UriHostNameType.Unknown
            ? new UriBuilder("sb", uri.Host, uri.IsDefaultPort ? -1 : uri.Port).Uri
            : throw new FormatException($"The connection string's Endpoint '{value}' is no address. It looks like sb://name.servicebus.windows.net/.");
    }
}
