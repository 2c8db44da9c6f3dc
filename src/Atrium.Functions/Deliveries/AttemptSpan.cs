using System.Diagnostics;

namespace Atrium.Functions.Deliveries;

/// <summary>What a trace tells of an attempt: by whom and for what, how it ended, and never to which URL.</summary>
internal static class AttemptSpan
{
    /// <summary>Adds it to what is being traced, if anything is.</summary>
    public static void Tell(AttemptRecord record)
    {
        if (Activity.Current is not { IsAllDataRequested: true } activity)
        {
            return;
        }

        activity.SetTag("webhook.tenant", record.Tenant);
        activity.SetTag("webhook.subscription_id", record.SubscriptionId);
        activity.SetTag("webhook.event_id", record.EventId);
        activity.SetTag("webhook.delivery_id", record.DeliveryId);
        activity.SetTag("webhook.run", record.Run);
        activity.SetTag("webhook.attempt", record.Attempt);
        activity.SetTag("webhook.outcome", record.Outcome.ToString());
        activity.SetTag("error.type", record.ErrorClass);
        activity.SetTag("http.response.status_code", record.Status);
        if (record.Outcome is AttemptOutcome.Retrying or AttemptOutcome.DeadLettered)
        {
            activity.SetStatus(ActivityStatusCode.Error, record.ErrorClass);
        }
    }
}
