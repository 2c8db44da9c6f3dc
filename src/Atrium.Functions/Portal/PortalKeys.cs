using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Atrium.Functions.Portal;

/// <summary>
/// Encrypts and authenticates session tokens, by ASP.NET Core Data Protection over <see cref="VaultKeyRing"/>. It makes
/// its first key itself and a new one every 90 days, two days before it is used.
/// </summary>
/// <remarks>
/// Not in the app's own container, where it would read the vault at each start, even if the page is not used.
/// </remarks>
internal sealed class PortalKeys(SecretClient vault, ILoggerFactory loggers, TimeProvider time)
{
    // Purposes separate tokens that are made with the same key ring.
    const string Application = "Atrium";
    const string Purpose = "Atrium.Portal.v1";

    readonly Lock _gate = new();
    IDataProtector? _ring;
    DateTimeOffset _rereadAt = DateTimeOffset.MinValue;
    ExceptionDispatchInfo? _failure;

    /// <exception cref="Azure.RequestFailedException">The vault could not be read or written.</exception>
    public byte[] Protect(byte[] plain)
    {
        try
        {
            return Ring().Protect(plain);
        }
        catch (CryptographicException e) when (CauseOf(e) is { } cause)
        {
            cause.Throw();
            throw;
        }
    }

    /// <returns>Null when it was not made with this app's key ring.</returns>
    /// <exception cref="Azure.RequestFailedException">The vault could not be read.</exception>
    public byte[]? Unprotect(byte[] secret) => Unprotect(Ring(), secret) ?? Reread(secret);

    IDataProtector Ring()
    {
        lock (_gate)
        {
            return _ring ??= Read();
        }
    }

    // Another instance may have made a new key. Without this, the ring would be read again only after a day.
    byte[]? Reread(byte[] secret)
    {
        lock (_gate)
        {
            if (time.GetUtcNow() - _rereadAt < VaultKeyRing.RereadAfter)
            {
                _failure?.Throw();
                return Unprotect(_ring!, secret);
            }

            (_rereadAt, _failure) = (time.GetUtcNow(), null);
            try
            {
                var ring = Read();
                var plain = Unprotect(ring, secret);
                // Otherwise the ring may not have been read at all. A ring that was read works without the vault.
                _ring = plain is null ? _ring : ring;
                return plain;
            }
            catch (Exception e)
            {
                // Until the vault answers, it is unknown whether this is a token.
                _failure = ExceptionDispatchInfo.Capture(e);
                throw;
            }
        }
    }

    static byte[]? Unprotect(IDataProtector ring, byte[] secret)
    {
        try
        {
            return ring.Unprotect(secret);
        }
        catch (CryptographicException e)
        {
            CauseOf(e)?.Throw();
            return null;
        }
    }

    // Data Protection wraps all failures into one exception. If the cause is not cryptographic, it is a failure of the
    // vault.
    static ExceptionDispatchInfo? CauseOf(CryptographicException exception) =>
        exception.InnerException switch
        {
            null => null,
            CryptographicException inner => CauseOf(inner),
            var cause => ExceptionDispatchInfo.Capture(cause),
        };

    // It reads the vault when it is first used.
    IDataProtector Read()
    {
        var services = new ServiceCollection().AddSingleton(loggers).AddLogging();
        services.AddDataProtection().SetApplicationName(Application);
        services.Configure<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new VaultKeyRing(vault, time);
            // The vault encrypts what lies in it.
            options.XmlEncryptor = new NullXmlEncryptor();
        });
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector(Purpose);
    }
}
