using Azure.Core;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>A source of tokens for each kind of credential.</summary>
internal static class TokenSources
{
    const string SasType = "servicebus.windows.net:sastoken";
    const string JwtType = "jwt";
    static readonly string[] Scopes = ["https://servicebus.azure.net/.default"];

    /// <summary>As long as the service's own clients make it: short, and renewed well before.</summary>
    static readonly TimeSpan SasLifetime = TimeSpan.FromMinutes(30);

    public static TokenSource Of(TokenCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return async (_, cancellationToken) =>
        {
            var token = await credential.GetTokenAsync(new TokenRequestContext(Scopes), cancellationToken).ConfigureAwait(false);
            return new CbsToken(token.Token, JwtType, token.ExpiresOn);
        };
    }

    public static TokenSource Of(AzureNamedKeyCredential credential, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return (audience, _) =>
        {
            var (name, key) = credential;
            var expires = time.GetUtcNow() + SasLifetime;
            return ValueTask.FromResult(new CbsToken(SharedAccessSignature.Create(audience, name, key, expires), SasType, expires));
        };
    }

    /// <summary>A signature made beforehand says itself when it expires. The credential may be given a new one at any time.</summary>
    public static TokenSource Of(AzureSasCredential credential, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return (_, _) => ValueTask.FromResult(
            new CbsToken(credential.Signature, SasType, SharedAccessSignature.ExpiryOf(credential.Signature) ?? time.GetUtcNow() + SasLifetime));
    }
}
