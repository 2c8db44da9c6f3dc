namespace Atrium.Functions;

/// <summary>
/// Warns at start about each unknown setting in a section of the app: a misspelt one has no effect. Only a warning,
/// because an older version must start with the settings of a newer one.
/// </summary>
internal sealed partial class UnknownSettings(
    IEnumerable<SettingsSection> sections, IConfiguration configuration, ILogger<UnknownSettings> logger)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (section, known) in sections)
        {
            foreach (var setting in configuration.GetSection(section).GetChildren())
            {
                if (!known.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
                {
                    Log.Unknown(
                        logger, SettingsSection.NameOf(section, setting.Key),
                        string.Join(", ", known.Select(name => SettingsSection.NameOf(section, name))));
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
