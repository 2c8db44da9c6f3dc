namespace Atrium.Local.Host.Settings;

/// <summary>host.json's <c>extensions.serviceBus</c>.</summary>
/// <param name="PrefetchCount">How many messages the client holds ready; their locks run unrenewed meanwhile.</param>
/// <param name="AutoCompleteMessages">Whether a message is completed when its function returned without settling
/// it.</param>
/// <param name="MaxConcurrentCalls">How many messages of one function are handled at a time.</param>
/// <param name="MaxAutoLockRenewalDuration">For how long a message's lock is renewed; zero for not at all.</param>
/// <param name="Retry">How the client repeats its own operations.</param>
internal sealed record ServiceBusSettings(
    int PrefetchCount,
    bool AutoCompleteMessages,
    int MaxConcurrentCalls,
    TimeSpan MaxAutoLockRenewalDuration,
    ClientRetrySettings Retry)
{
    const string Section = "extensions:serviceBus:";

    /// <summary>The real host's default for each core that it sees.</summary>
    const int CallsPerCore = 16;

    /// <summary>Far above what one process can handle; a typing error is more likely than a wish.</summary>
    const int MostCalls = 10_000;

    static readonly TimeSpan s_longestRenewal = TimeSpan.FromDays(1);

    /// <exception cref="HostStartException">A value is of the wrong type or out of range.</exception>
    public static ServiceBusSettings Read(SettingReader settings) => new(
        settings.Whole(Section + "prefetchCount", 0, 0, MostCalls),
        settings.Flag(Section + "autoCompleteMessages", true),
        settings.Whole(Section + "maxConcurrentCalls", CallsPerCore * Environment.ProcessorCount, 1, MostCalls),
        settings.Duration(
            Section + "maxAutoLockRenewalDuration", TimeSpan.FromMinutes(5), TimeSpan.Zero, s_longestRenewal),
        ClientRetrySettings.Read(settings, Section + "clientRetryOptions:"));
}
