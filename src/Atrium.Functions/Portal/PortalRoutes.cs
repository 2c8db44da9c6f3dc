using Atrium.Functions.AttemptHistory;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Erasure;
using Atrium.Functions.Jobs;
using Atrium.Functions.Notices;
using Atrium.Functions.Operations;
using Atrium.Functions.Overview;
using Atrium.Functions.Parking;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.TestWebhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using static Atrium.Functions.Portal.PortalRights;

namespace Atrium.Functions.Portal;

/// <summary>
/// All that a session can ask for, and the right that each takes. What is not here, a session does not get. Each is the
/// operation of the same name of the admin API, called with the session's tenant.
/// </summary>
internal static class PortalRoutes
{
    public static readonly IReadOnlyList<PortalRoute> All =
    [
        new("GetPortalSession", "GET", "session", View, (_, call) => Task.FromResult(PortalSessionView.Answer(call))),
        new("GetPortalOpenApi", "GET", "openapi.json", View,
            (services, _) => Task.FromResult(services.GetRequiredService<PortalDocument>().Answer())),

        On<GetOverviewFunction>("GET", "overview", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<ListSubscriptionsFunction>("GET", "subscriptions", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<CreateSubscriptionFunction>("POST", "subscriptions", Manage,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<GetSubscriptionFunction>("GET", "subscriptions/{id}", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<ReplaceSubscriptionFunction>("PUT", "subscriptions/{id}", Manage,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<PatchSubscriptionFunction>("PATCH", "subscriptions/{id}", Manage,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<DeleteSubscriptionFunction>("DELETE", "subscriptions/{id}", Manage,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<RotateSecretFunction>("POST", "subscriptions/{id}/secret/rotate", Manage,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<RemoveSecretFunction>("DELETE", "subscriptions/{id}/secret", Manage,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<PauseSubscriptionFunction>("POST", "subscriptions/{id}/pause", Manage,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<ResumeSubscriptionFunction>("POST", "subscriptions/{id}/resume", Manage,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<GetParkedFunction>("GET", "subscriptions/{id}/parked", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<ListAttemptsFunction>("GET", "subscriptions/{id}/attempts", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<GetDeliveryFunction>("GET", "subscriptions/{id}/deliveries/{deliveryId}", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call["deliveryId"], call.Cancelled)),

        On<TestWebhookFunction>("POST", "test-webhook", Recover,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<TestSubscriptionFunction>("POST", "subscriptions/{id}/test", Recover,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<VerifyFunction>("POST", "verify", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),

        On<ListDeadLettersFunction>("GET", "dead-letters", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<CountDeadLettersFunction>("GET", "dead-letters/count", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<ReplayDeadLettersFunction>("POST", "dead-letters/replay", Recover,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<DiscardDeadLettersFunction>("POST", "dead-letters/discard", Recover,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<GroupDeadLettersFunction>("GET", "dead-letters/groups", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<GetDeadLetterFunction>("GET", "dead-letters/{queue}/{sequenceNumber}", View,
            (to, call) =>
                to.RunAsync(call.Request, call.Tenant, call["queue"], call["sequenceNumber"], call.Cancelled)),
        On<ReplayDeadLetterFunction>("POST", "dead-letters/{queue}/{sequenceNumber}/replay", Recover,
            (to, call) =>
                to.RunAsync(call.Request, call.Tenant, call["queue"], call["sequenceNumber"], call.Cancelled)),
        On<DiscardDeadLetterFunction>("POST", "dead-letters/{queue}/{sequenceNumber}/discard", Recover,
            (to, call) =>
                to.RunAsync(call.Request, call.Tenant, call["queue"], call["sequenceNumber"], call.Cancelled)),
        On<DiscardParkedFunction>("POST", "parked/discard", Recover,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),

        On<GetNoticesFunction>("GET", "notices", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<PutNoticesFunction>("PUT", "notices", Manage,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<DeleteNoticesFunction>("DELETE", "notices", Manage,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<TestNoticesFunction>("POST", "notices/test", Recover,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),

        On<ListJobsFunction>("GET", "jobs", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),
        On<GetJobFunction>("GET", "jobs/{id}", View,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<StopJobFunction>("POST", "jobs/{id}/stop", Recover,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call["id"], call.Cancelled)),
        On<EraseVisitorFunction>("POST", "erase", Erase,
            (to, call) => to.RunAsync(call.Request, call.Tenant, call.Cancelled)),

        On<ExplainFunction>("GET", "explain", View,
            (to, call) => to.ExplainAsync(call.Request, call.Tenant, call.Cancelled)),
        On<ListEventsFunction>("GET", "events", View, (to, call) => to.RunAsync(call.Request, call.Cancelled)),
        On<GetLimitsFunction>("GET", "limits", View, (to, call) => to.RunAsync(call.Request, call.Cancelled)),
    ];

    /// <param name="method">The request's; HEAD is as GET.</param>
    /// <param name="path">What follows <c>/api/portal/</c>.</param>
    /// <returns>What is asked for, with the values in its path; null when there is no such thing.</returns>
    public static (PortalRoute Route, RouteValueDictionary Values)? Find(string method, string path)
    {
        var asked = HttpMethods.IsHead(method) ? HttpMethods.Get : method;
        foreach (var route in All.Where(route => HttpMethods.Equals(route.Method, asked)))
        {
            var values = new RouteValueDictionary();
            if (route.Matcher.TryMatch("/" + path, values))
            {
                return (route, values);
            }
        }

        return null;
    }

    static PortalRoute On<T>(
        string method, string template, PortalRights right, Func<T, PortalCall, Task<IResult>> call)
        where T : class
    {
        const string suffix = "Function";
        // As the worker makes a function for each invocation.
        var make = ActivatorUtilities.CreateFactory<T>([]);
        return new(
            typeof(T).Name[..^suffix.Length], method, template, right,
            (services, asked) => call(make(services, []), asked));
    }
}

/// <summary>Something that a session can ask for.</summary>
/// <param name="Operation">Its id in the API's description.</param>
/// <param name="Method">GET, POST, …</param>
/// <param name="Template">Its path below <c>/api/portal/</c>.</param>
/// <param name="Right">What a session needs for it.</param>
/// <param name="RunAsync">Answers it.</param>
internal sealed record PortalRoute(
    string Operation, string Method, string Template, PortalRights Right,
    Func<IServiceProvider, PortalCall, Task<IResult>> RunAsync)
{
    public TemplateMatcher Matcher { get; } = new(TemplateParser.Parse(Template), []);

    /// <summary>Whether it may change something: looking never does.</summary>
    public bool Changes => Right != View;
}

/// <summary>A request of a session's.</summary>
internal sealed record PortalCall(
    HttpRequest Request, PortalSession Session, bool ByAccount, RouteValueDictionary Values,
    CancellationToken Cancelled)
{
    public string Tenant => Session.Tenant;

    /// <summary>A value in the path.</summary>
    public string this[string name] => (string)Values[name]!;
}

/// <summary>A session as its page sees it.</summary>
internal sealed record PortalSessionView(
    string Tenant, string Actor, IReadOnlyList<string> Rights, DateTimeOffset ExpiresAt, string? ReturnUrl,
    string SignedInBy)
{
    const string Token = "token";
    const string Account = "account";

    public static IResult Answer(PortalCall call) => TypedResults.Ok(new PortalSessionView(
        call.Tenant, call.Session.Actor, PortalRightNames.Of(call.Session.Rights), call.Session.ExpiresAt,
        call.Session.ReturnUrl, call.ByAccount ? Account : Token));
}
