namespace Atrium.Functions.Subscriptions;

internal static class SubscriptionServices
{
    /// <summary>Who wants what, where.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services) => services
        .AddSingleton<SubscriptionStore>()
        .AddSingleton<SubscriptionReads>()
        .AddSingleton<SubscriptionCache>()
        .AddSingleton<SubscriptionAdmissions>()
        .AddSingleton<SubscriptionChanges>()
        .AddSingleton<NewSubscription>()
        .AddSingleton<ChangedSettings>();
}
