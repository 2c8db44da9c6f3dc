using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Subscriptions;

/// <summary>Answers that show one subscription, with the tag of its version.</summary>
internal static class SubscriptionAnswer
{
    public static IResult Ok(HttpContext http, Subscription subscription, SubscriptionView view) => TypedResults.Ok(Shown(http, subscription, view));

    public static IResult Created(HttpContext http, Subscription subscription, SubscriptionView view) =>
        TypedResults.Created($"{http.Request.Path}/{view.Id}", Shown(http, subscription, view));

    /// <summary>304: the client has this version.</summary>
    public static IResult NotModified(HttpContext http, Subscription subscription)
    {
        EntityTag.Show(http, subscription.Version);
        return TypedResults.StatusCode(StatusCodes.Status304NotModified);
    }

    static SubscriptionView Shown(HttpContext http, Subscription subscription, SubscriptionView view)
    {
        EntityTag.Show(http, subscription.Version);
        if (view.Secret is not null)
        {
            http.Response.Headers.CacheControl = "no-store";
        }

        return view;
    }
}
