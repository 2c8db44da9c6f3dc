using Atrium.Functions.Access;
using Atrium.Functions.Console;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;

namespace Atrium.Functions;

/// <summary>
/// Warns at start about each unknown setting in a section of the app: a misspelt one has no effect. Only a warning,
/// because an older version must start with the settings of a newer one.
/// </summary>
internal sealed partial class UnknownSettings(IConfiguration configuration, ILogger<UnknownSettings> logger)
    : IHostedService
{
    static readonly IReadOnlyList<(string Section, Type Options)> Sections =
    [
        (AccessOptions.Section, typeof(AccessOptions)),
        (CreditOptions.Section, typeof(CreditOptions)),
        (DeadLetterOptions.Section, typeof(DeadLetterOptions)),
        (DeliveryOptions.Section, typeof(DeliveryOptions)),
        (EgressOptions.Section, typeof(EgressOptions)),
        (PortalOptions.Section, typeof(PortalOptions)),
    ];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (section, options) in Sections)
        {
            var known = options.GetProperties().Where(property => property.CanWrite)
                .Select(property => property.Name).ToList();
            foreach (var setting in configuration.GetSection(section).GetChildren())
            {
                if (!known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
                {
                    Log.Unknown(
                        logger, $"{section}__{setting.Key}",
                        string.Join(", ", known.Select(name => $"{section}__{name}")));
                }
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "There is no setting {Setting}, so it has no effect. Correct its name, or remove it. There are {Known}")]
        public static partial void Unknown(ILogger logger, string setting, string known);
    }
}
