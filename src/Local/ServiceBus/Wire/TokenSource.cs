namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Gets a token for an entity.</summary>
internal delegate ValueTask<CbsToken> TokenSource(string audience, CancellationToken cancellationToken);
