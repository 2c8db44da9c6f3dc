using System.Security.Cryptography;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Subscriptions;

/// <summary>Turns what an admin sent into a subscription: judged, its secret in the vault, its row in the table, in this order.</summary>
internal sealed class NewSubscription(SubscriptionStore store, SecretVault vault, IOptions<EgressOptions> egress, TimeProvider time)
{
    /// <summary>Every event costs a delivery for each of them.</summary>
    public const int MaxPerTenant = 20;

    public async Task<Result> MakeAsync(string tenant, SubscriptionRequest wanted, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var url = Url(wanted, errors);
        if (EventSelection.Fault(wanted.Events) is { } fault)
        {
            errors.Add(new FieldError("/events", fault));
        }

        var secret = Secret(wanted, errors);
        if (errors.Count > 0)
        {
            return new Result.Invalid(errors);
        }

        if ((await store.ListAsync(tenant, cancellationToken)).Count >= MaxPerTenant)
        {
            return new Result.TooMany();
        }

        var id = SubscriptionId.Draw();
        var subscription = new Subscription
        {
            Tenant = tenant,
            Id = id,
            Url = url!,
            Events = wanted.Events!,
            CreatedAt = time.GetUtcNow(),
            Secret = secret is null ? null : await vault.StoreAsync(id, secret, cancellationToken),
        };
        await store.AddAsync(subscription, cancellationToken);
        return new Result.Made(SubscriptionView.Of(subscription) with
        {
            Secret = wanted.GenerateSecret ? secret!.Reveal() : null,
            Warning = secret is null ? "Without a secret, requests are not signed and the receiver cannot tell them from anybody else's." : null,
        });
    }

    string? Url(SubscriptionRequest wanted, List<FieldError> errors)
    {
        var judged = EndpointUrl.Judge(wanted.Url, egress.Value);
        if (!judged.IsAllowed)
        {
            errors.Add(new FieldError("/url", judged.Refusal));
        }

        return judged.Url?.Uri.AbsoluteUri;
    }

    static SigningSecret? Secret(SubscriptionRequest wanted, List<FieldError> errors)
    {
        if (wanted.Secret is null)
        {
            return wanted.GenerateSecret ? SigningSecret.Generate(RandomNumberGenerator.GetBytes) : null;
        }

        var parsed = SigningSecret.Parse(wanted.Secret);
        if (wanted.GenerateSecret)
        {
            errors.Add(new FieldError("/generateSecret", "Send a secret or have one generated, not both."));
        }
        else if (!parsed.IsValid)
        {
            errors.Add(new FieldError("/secret", parsed.Refusal));
        }

        return parsed.Secret;
    }

    /// <summary>What came of a request.</summary>
    internal abstract record Result
    {
        internal sealed record Made(SubscriptionView View) : Result;

        internal sealed record Invalid(IReadOnlyList<FieldError> Errors) : Result;

        internal sealed record TooMany : Result;
    }
}
