namespace Atrium.Local.Host.Tests.Support;

/// <summary>
/// The queues of the sample app. Their locks are so long that the client renews them ten seconds before their end,
/// which is as early as it ever does.
/// </summary>
internal static class Queues
{
    public const string Manual = "manual";
    public const string Automatic = "automatic";
    public const string Silent = "silent";

    /// <summary>The lock of a message.</summary>
    public static readonly TimeSpan Lock = TimeSpan.FromSeconds(20);

    public static string Config => $$"""
        { "UserConfig": { "Namespaces": [ { "Name": "sbemulatorns", "Queues": [
          {{string.Join(',', new[] { Manual, Automatic, Silent }.Select(Queue))}} ] } ] } }
        """;

    static string Queue(string name) => $$"""
        {
          "Name": "{{name}}",
          "Properties": {
            "DeadLetteringOnMessageExpiration": true, "DefaultMessageTimeToLive": "PT1H",
            "DuplicateDetectionHistoryTimeWindow": "PT1M",
            "ForwardDeadLetteredMessagesTo": "", "ForwardTo": "", "LockDuration": "PT20S", "MaxDeliveryCount": 10,
            "RequiresDuplicateDetection": false, "RequiresSession": false
          }
        }
        """;
}
