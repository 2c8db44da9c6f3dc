using Azure.Core;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>
/// The credential for the Key Vault emulator, which wants a bearer token but does not look into it. It is of no use
/// anywhere else: the token is a fixed word and no secret.
/// </summary>
public sealed class LocalVaultCredential : TokenCredential
{
    static readonly AccessToken Token = new("local-development", DateTimeOffset.MaxValue);

    /// <summary>Gives the token, which never expires.</summary>
    /// <param name="requestContext">Not looked at.</param>
    /// <param name="cancellationToken">Not looked at.</param>
    /// <returns>The token.</returns>
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        Token;

    /// <summary>Gives the token, which never expires.</summary>
    /// <param name="requestContext">Not looked at.</param>
    /// <param name="cancellationToken">Not looked at.</param>
    /// <returns>The token.</returns>
    public override ValueTask<AccessToken> GetTokenAsync(
        TokenRequestContext requestContext, CancellationToken cancellationToken) => new(Token);
}
