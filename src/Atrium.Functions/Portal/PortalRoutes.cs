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
/// All operations that a session may call, with the right that each needs. A session can call nothing else. Each is the
/// operation of the same name of the admin API, called with the session's tenant.
/// </summary>
internal static class PortalRoutes
{
    public static readonly IReadOnlyList<PortalRoute> All =
    [
        new("GetPortalSession", "GET", "session", View, (_, call) => Task.FromResult(PortalSessionView.Answer(call))),
        new("GetPortalOpenApi", "GET", "openapi.json", View,
            (services, _) => Task.FromResult(services.GetRequiredService<PortalDocument>().Answer())),

        On<GetOverviewFunction>("GET", "overview", View, to => to.RunAsync),
        On<ListSubscriptionsFunction>("GET", "subscriptions", View, to => to.RunAsync),
        On<CreateSubscriptionFunction>("POST", "subscriptions", Manage, to => to.RunAsync),
        On<GetSubscriptionFunction>("GET", "subscriptions/{id}", View, to => to.RunAsync),
        On<ReplaceSubscriptionFunction>("PUT", "subscriptions/{id}", Manage, to => to.RunAsync),
        On<PatchSubscriptionFunction>("PATCH", "subscriptions/{id}", Manage, to => to.RunAsync),
        On<DeleteSubscriptionFunction>("DELETE", "subscriptions/{id}", Manage, to => to.RunAsync),
        On<RotateSecretFunction>("POST", "subscriptions/{id}/secret/rotate", Manage, to => to.RunAsync),
        On<RemoveSecretFunction>("DELETE", "subscriptions/{id}/secret", Manage, to => to.RunAsync),
        On<PauseSubscriptionFunction>("POST", "subscriptions/{id}/pause", Manage, to => to.RunAsync),
        On<ResumeSubscriptionFunction>("POST", "subscriptions/{id}/resume", Manage, to => to.RunAsync),
        On<GetParkedFunction>("GET", "subscriptions/{id}/parked", View, to => to.RunAsync),
        On<ListAttemptsFunction>("GET", "subscriptions/{id}/attempts", View, to => to.RunAsync),
        On<GetDeliveryFunction>("GET", "subscriptions/{id}/deliveries/{deliveryId}", View, to => to.RunAsync),

        On<TestWebhookFunction>("POST", "test-webhook", Recover, to => to.RunAsync),
        Made<TestSubscriptionFunction>("POST", "subscriptions/{id}/test", Recover, (to, call) => to.TestAsync(
            call.Request, call.Tenant, call[0], call.Session.Rights.HasFlag(Manage), call.Cancelled)),
        On<VerifyFunction>("POST", "verify", View, to => to.RunAsync),

        On<ListDeadLettersFunction>("GET", "dead-letters", View, to => to.RunAsync),
        On<CountDeadLettersFunction>("GET", "dead-letters/count", View, to => to.RunAsync),
        On<ReplayDeadLettersFunction>("POST", "dead-letters/replay", Recover, to => to.RunAsync),
        On<DiscardDeadLettersFunction>("POST", "dead-letters/discard", Recover, to => to.RunAsync),
        On<GroupDeadLettersFunction>("GET", "dead-letters/groups", View, to => to.RunAsync),
        On<GetDeadLetterFunction>("GET", "dead-letters/{queue}/{sequenceNumber}", View, to => to.RunAsync),
        On<ReplayDeadLetterFunction>(
            "POST", "dead-letters/{queue}/{sequenceNumber}/replay", Recover, to => to.RunAsync) with
        { TakesNoBody = true },
        On<DiscardDeadLetterFunction>(
            "POST", "dead-letters/{queue}/{sequenceNumber}/discard", Recover, to => to.RunAsync),
        On<DiscardParkedFunction>("POST", "parked/discard", Recover, to => to.RunAsync),

        On<GetNoticesFunction>("GET", "notices", View, to => to.RunAsync),
        On<PutNoticesFunction>("PUT", "notices", Manage, to => to.RunAsync),
        On<DeleteNoticesFunction>("DELETE", "notices", Manage, to => to.RunAsync),
        On<TestNoticesFunction>("POST", "notices/test", Recover, to => to.RunAsync),

        On<ListJobsFunction>("GET", "jobs", View, to => to.RunAsync),
        On<GetJobFunction>("GET", "jobs/{id}", View, to => to.RunAsync),
        On<StopJobFunction>("POST", "jobs/{id}/stop", Recover, to => to.RunAsync),
        On<EraseVisitorFunction>("POST", "erase", Erase, to => to.RunAsync),

        On<ExplainFunction>("GET", "explain", View, to => to.ExplainAsync),
        On<ListEventsFunction>("GET", "events", View, to => to.RunAsync),
        On<GetLimitsFunction>("GET", "limits", View, to => to.RunAsync),
    ];

    /// <param name="method">The request's; HEAD is as GET.</param>
    /// <param name="path">What follows <c>/api/portal/</c>.</param>
    /// <returns>The operation, with the values in its path; null when there is none.</returns>
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
        string method, string template, PortalRights right,
        Func<T, Func<HttpRequest, CancellationToken, Task<IResult>>> run)
        where T : class => Made<T>(method, template, right, (to, call) => run(to)(call.Request, call.Cancelled));

    static PortalRoute On<T>(
        string method, string template, PortalRights right,
        Func<T, Func<HttpRequest, string, CancellationToken, Task<IResult>>> run)
        where T : class => Made<T>(
            method, template, right, (to, call) => run(to)(call.Request, call.Tenant, call.Cancelled));

    static PortalRoute On<T>(
        string method, string template, PortalRights right,
        Func<T, Func<HttpRequest, string, string, CancellationToken, Task<IResult>>> run)
        where T : class => Made<T>(
            method, template, right, (to, call) => run(to)(call.Request, call.Tenant, call[0], call.Cancelled));

    static PortalRoute On<T>(
        string method, string template, PortalRights right,
        Func<T, Func<HttpRequest, string, string, string, CancellationToken, Task<IResult>>> run)
        where T : class => Made<T>(
            method, template, right,
            (to, call) => run(to)(call.Request, call.Tenant, call[0], call[1], call.Cancelled));

    static PortalRoute Made<T>(
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

/// <summary>An operation that a session may call.</summary>
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

    /// <summary>What stands for something in the path, in its order there.</summary>
    public IReadOnlyList<string> Names => [.. Matcher.Template.Parameters.Select(part => part.Name!)];

    /// <summary>Whether it may change something: looking never does.</summary>
    public bool Changes => Right != View;

    /// <summary>
    /// Whether a session sends no body with it, though the admin API takes one: an event, which only the back end may
    /// publish.
    /// </summary>
    public bool TakesNoBody { get; init; }
}

/// <summary>A request of a session's.</summary>
internal sealed record PortalCall(
    PortalRoute Route, HttpRequest Request, PortalSession Session, bool ByAccount, RouteValueDictionary Values,
    CancellationToken Cancelled)
{
    public string Tenant => Session.Tenant;

    /// <summary>A value in the path, by its place there.</summary>
    public string this[int place] => (string)Values[Route.Names[place]]!;
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
