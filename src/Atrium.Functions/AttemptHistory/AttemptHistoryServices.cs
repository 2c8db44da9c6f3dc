namespace Atrium.Functions.AttemptHistory;

internal static class AttemptHistoryServices
{
    /// <summary>What was tried, and what came of it.</summary>
    public static IServiceCollection AddAttemptHistory(this IServiceCollection services) => services.AddSingleton<AttemptReader>();
}
