namespace Atrium.Functions.Secrets;

/// <summary>Whose a secret is. It is written on the secret in the vault, so that one which no subscription names any more can be told.</summary>
internal sealed record SecretOwner(string Tenant, string SubscriptionId);
