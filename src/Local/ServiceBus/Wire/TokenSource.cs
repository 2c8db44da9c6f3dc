namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Gets a token for an entity.</summary>
delegate ValueTask<CbsToken> TokenSource(string audience, CancellationToken cancellationToken);
