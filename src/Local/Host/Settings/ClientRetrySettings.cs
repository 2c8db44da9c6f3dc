namespace Atrium.Local.Host.Settings;

/// <summary>
/// How the Service Bus client repeats its own operations; it has nothing to do with running functions again.
/// </summary>
/// <param name="Exponential">Whether the delay grows; otherwise it is fixed.</param>
/// <param name="MaxRetries">How often an operation is repeated.</param>
/// <param name="Delay">The first delay.</param>
/// <param name="MaxDelay">The longest delay.</param>
/// <param name="TryTimeout">How long one try may take.</param>
internal sealed record ClientRetrySettings(
    bool Exponential, int MaxRetries, TimeSpan Delay, TimeSpan MaxDelay, TimeSpan TryTimeout)
{
    // The client's own limits.
    const int MostRetries = 100;
    static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);
    static readonly TimeSpan s_longestDelay = TimeSpan.FromMinutes(5);
    static readonly TimeSpan s_longestTry = TimeSpan.FromHours(1);

    public static ClientRetrySettings Read(SettingReader settings, string section) => new(
        settings.Text(section + "mode", "exponential").ToUpperInvariant() switch
        {
            "EXPONENTIAL" => true,
            "FIXED" => false,
            _ => throw new HostStartException(
                $"host.json: {section.Replace(':', '.')}mode must be exponential or fixed. "
                + "Correct it and start again."),
        },
        settings.Whole(section + "maxRetries", 3, 0, MostRetries),
        settings.Duration(section + "delay", TimeSpan.FromMilliseconds(800), s_shortest, s_longestDelay),
        settings.Duration(section + "maxDelay", TimeSpan.FromMinutes(1), s_shortest, s_longestDelay),
        settings.Duration(section + "tryTimeout", TimeSpan.FromMinutes(1), s_shortest, s_longestTry));
}
