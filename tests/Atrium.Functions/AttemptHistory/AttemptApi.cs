using Atrium.Functions.AttemptHistory;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.AttemptHistory;

/// <summary>The functions that show attempts, over tables in memory; twenty days later.</summary>
sealed class AttemptApi : AppRig
{
    public AttemptApi() => Time.Advance(TimeSpan.FromDays(20));

    public SubscriptionStore Subscriptions => Get<SubscriptionStore>();

    /// <summary>Records an attempt of a delivery of its own.</summary>
    public Task<AttemptRecord> RecordAsync(
        int number, DateTimeOffset startedAt, AttemptOutcome outcome = AttemptOutcome.Delivered,
        DateTimeOffset? runStartedAt = null, string tenant = Some.Tenant) =>
        Get<AttemptBatcher>().AddAsync(Some.Record(outcome) with
        {
            Tenant = tenant,
            DeliveryId = Id(number),
            StartedAt = startedAt,
            RunStartedAt = runStartedAt ?? startedAt,
        });

    public Task RecordAsync(AttemptRecord record) => Get<AttemptBatcher>().AddAsync(record);

    public static string Id(int number) => $"msg_{number:x32}";

    public Task<HttpAnswer> ListAsync(string query = "", string tenant = Some.Tenant, string id = Some.SubscriptionId)
    {
        var request = HttpCall.Of("GET", $"/api/tenants/{tenant}/subscriptions/{id}/attempts?{query}");
        return HttpCall.AnswerAsync(request, Get<ListAttemptsFunction>().RunAsync(request, tenant, id, default));
    }

    public Task<HttpAnswer> DeliveryAsync(
        string deliveryId, string tenant = Some.Tenant, string id = Some.SubscriptionId)
    {
        var request = HttpCall.Of("GET", $"/api/tenants/{tenant}/subscriptions/{id}/deliveries/{deliveryId}");
        return HttpCall.AnswerAsync(
            request, Get<GetDeliveryFunction>().RunAsync(request, tenant, id, deliveryId, default));
    }

    /// <summary>The ids of the deliveries on a page.</summary>
    public static IEnumerable<string> Ids(HttpAnswer page) =>
        page.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("deliveryId").GetString()!);

    public static string? NextCursor(HttpAnswer page) => page.Json.GetProperty("nextCursor").GetString();
}
