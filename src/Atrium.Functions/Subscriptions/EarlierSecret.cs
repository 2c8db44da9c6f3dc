using Atrium.Functions.Secrets;

namespace Atrium.Functions.Subscriptions;

/// <summary>A secret that was rotated, and signs beside the one in force until its overlap ends.</summary>
internal sealed record EarlierSecret(SecretReference Reference, DateTimeOffset SignsUntil);
