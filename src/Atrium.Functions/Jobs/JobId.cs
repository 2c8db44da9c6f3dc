using System.Globalization;
using System.Security.Cryptography;
using Atrium.Functions.Contract;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>
/// A job's id, which is its row's key as well: it begins with the reversed time, so that rows are newest first, and
/// ends with random digits.
/// </summary>
internal static class JobId
{
    public const string Prefix = "job_";

    /// <summary>Sorts after every id.</summary>
    public const string Beyond = "job_~";

    const int TimeDigits = 16;
    const int RandomDigits = 16;

    public static string Draw(DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Prefix}{DateTime.MaxValue.Ticks - now.UtcTicks:x16}"
        + $"{RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true)}");

    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + TimeDigits + RandomDigits && id.StartsWith(Prefix, StringComparison.Ordinal)
            && id.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);
}

/// <summary>The app's own jobs, such as retention.</summary>
internal static class JobTenant
{
    /// <summary>Stands for all tenants. A tenant's name cannot have this character, so no path leads here.</summary>
    public const string System = "@system";
}

/// <summary>Whose a message is.</summary>
internal static class MessageTenant
{
    /// <summary>A message without a valid tenant belongs to the default tenant.</summary>
    public static string Of(ServiceBusReceivedMessage message) =>
        message.ApplicationProperties.GetValueOrDefault(PropertyName.Tenant) is string tenant
            && TenantId.IsValid(tenant) ? tenant : TenantId.Default;

    /// <summary>Whether a job may touch and count a message: it is its tenant's, or the job is the app's own.</summary>
    public static bool IsCoveredBy(Job job, ServiceBusReceivedMessage message) =>
        job.Tenant == JobTenant.System || Of(message) == job.Tenant;
}
