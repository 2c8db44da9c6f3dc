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
/// <remarks>Not in the app's own container, where it would read the vault at each start, page or no page.</remarks>
internal sealed class PortalKeys(SecretClient vault, ILoggerFactory loggers, TimeProvider time)
{
    // Keys of the one are of no use to the other: purposes tell apart what is made with the same ring.
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

    /// <returns>Null when this app's ring has not made it.</returns>
    /// <exception cref="Azure.RequestFailedException">The vault could not be read.</exception>
    public byte[]? Unprotect(byte[] secret) => Unprotect(Ring(), secret) ?? Reread(secret);

    IDataProtector Ring()
    {
        lock (_gate)
        {
            return _ring ??= Read();
        }
    }

    // Another instance may have made a key since this one read the ring, which it would do again in a day only.
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
                // Otherwise it may not have been read at all, and the one that is there goes on without the vault.
                _ring = plain is null ? _ring : ring;
                return plain;
            }
            catch (Exception e)
            {
                // Nobody knows, until the vault answers, whether it was a token.
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

    // Data Protection makes one exception of all: what is no matter of cryptography is what it met on its way.
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
