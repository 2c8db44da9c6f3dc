namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>What opens an entity to a connection, until it expires.</summary>
internal sealed record CbsToken(string Value, string Type, DateTimeOffset ExpiresOn);
