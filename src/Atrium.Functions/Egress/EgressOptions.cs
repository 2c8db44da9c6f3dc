using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Egress;

/// <summary>The settings under <c>Egress</c>: how long customers' endpoints may take, and where they may be.</summary>
internal sealed class EgressOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Egress";

    static readonly int[] HttpsPorts = [443, 8443];

    /// <summary>The time for a whole exchange, from the look-up of the name to the last byte read.</summary>
    /// <value>1 to 60 seconds; 15 by default, the lower end of what Standard Webhooks recommends.</value>
    /// <remarks>
    /// It must stay below the lock of the queue, or a slow endpoint gets the same event twice at once.
    /// </remarks>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = CheckedSettings.Between)]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The time to open a connection, TLS included, once the name is resolved.</summary>
    /// <value>0.1 to 60 seconds; 5 by default: two lost packets are made up for in three.</value>
    /// <remarks><see cref="Timeout"/> goes on meanwhile.</remarks>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00", ErrorMessage = CheckedSettings.Between)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether this machine is an allowed target, by http too and on any port.</summary>
    /// <value>
    /// False by default. For development: in Azure it opens what else listens on the instance to customers.
    /// </value>
    public bool AllowLoopback { get; set; }

    /// <summary>The ports that a customer's URL may name.</summary>
    /// <value>1 to 65535 each; 443 and 8443 when there are none.</value>
    // Empty, not the two, because configuration adds to what an array holds.
    public int[] AllowedPorts { get; set; } = [];

    /// <summary>The ports in force.</summary>
    public IReadOnlyList<int> Ports => AllowedPorts.Length == 0 ? HttpsPorts : AllowedPorts;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var port in AllowedPorts.Where(port => port is < 1 or > 65535))
        {
            yield return new(
                $"Egress__AllowedPorts__N holds {port}, which is no port. Give numbers from 1 to 65535.",
                [nameof(AllowedPorts)]);
        }
    }
}

internal static class EgressServices
{
    /// <summary>Adds the one client that talks to customers' endpoints, with its settings checked at start.</summary>
    public static IServiceCollection AddEgress(this IServiceCollection services) => services
        .AddSettings<EgressOptions>(EgressOptions.Section)
        .AddSingleton(provider => new EgressClient(
            provider.GetRequiredService<IOptions<EgressOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EgressClient>>()));
}
