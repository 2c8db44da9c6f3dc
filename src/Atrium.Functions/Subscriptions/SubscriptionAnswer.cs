using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Subscriptions;

/// <summary>Answers that show one subscription, with the tag of its version.</summary>
internal static class SubscriptionAnswer
{
    public static IResult Ok(HttpContext http, Subscription subscription, SubscriptionView view) => TypedResults.Ok(Shown(http, subscription, view));

    public static IResult Created(HttpContext http, Subscription subscription, SubscriptionView view) =>
        TypedResults.Created($"{http.Request.Path}/{view.Id}", Shown(http, subscription, view));

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
