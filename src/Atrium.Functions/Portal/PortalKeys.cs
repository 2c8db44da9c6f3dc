using System.Collections.Concurrent;
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
internal sealed partial class PortalKeys(SecretClient vault, ILoggerFactory loggers, TimeProvider time)
{
    /// <summary>
    /// How long a token of an unknown key is answered by the last reading of the vault. Short enough for a session that
    /// another instance has just begun.
    /// </summary>
    public static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(5);

    // Purposes separate tokens that are made with the same key ring.
    const string Application = "Atrium";
    const string Purpose = "Atrium.Portal.v1";

    // What everything begins with that Data Protection has made: https://learn.microsoft.com
    // /aspnet/core/security/data-protection/implementation/authenticated-encryption-details
    static ReadOnlySpan<byte> MagicHeader => [0x09, 0xF0, 0xC9, 0xF0];

    readonly ILogger<PortalKeys> _logger = loggers.CreateLogger<PortalKeys>();
    readonly ConcurrentDictionary<string, bool> _leftOut = new();
    readonly Lock _lock = new();
    volatile IDataProtector? _ring;
    Task<IDataProtector>? _reading;
    long? _readAt;

    /// <exception cref="Azure.RequestFailedException">The vault could not be read or written.</exception>
    public async Task<byte[]> ProtectAsync(byte[] plain, CancellationToken cancellationToken) =>
        (_ring ?? await ReadAsync(cancellationToken)).Protect(plain);

    /// <returns>Null when it was not made with this app's key ring.</returns>
    /// <exception cref="Azure.RequestFailedException">
    /// The vault could not be read, so it is unknown whether it was made with this app's key ring.
    /// </exception>
    public async Task<byte[]?> UnprotectAsync(byte[] secret, CancellationToken cancellationToken)
    {
        if (!secret.AsSpan().StartsWith(MagicHeader))
        {
            return null;
        }

        // Another instance may have made a new key. Without another reading, it would be known only after a day.
        return (_ring is { } ring ? Unprotect(ring, secret) : null)
            ?? Unprotect(await ReadAsync(cancellationToken), secret);
    }

    // Anybody can make up a token of an unknown key. So the vault is read once for all who ask meanwhile and shortly
    // after, and whoever has a good token waits for none of them.
    Task<IDataProtector> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_reading is null
                || (_reading.IsCompleted && !(_readAt is { } at && time.GetElapsedTime(at) < RereadAfter)))
            {
                _reading = Task.Run(Read, CancellationToken.None);
            }

            return _reading.WaitAsync(cancellationToken);
        }
    }

    IDataProtector Read()
    {
        var isFirst = _ring is null;
        try
        {
            var ring = Made();
            // It reads the vault when it is first used.
            ring.Protect([]);
            return _ring = ring;
        }
        catch (CryptographicException e) when (CauseOf(e) is { } cause)
        {
            cause.Throw();
            throw;
        }
        finally
        {
            // The first is no answer to a token of an unknown key: two instances may just have made one each.
            _readAt = isFirst && _ring is not null ? null : time.GetTimestamp();
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

    // The ring is read again and again.
    void LeftOut(string version)
    {
        if (_leftOut.TryAdd(version, true))
        {
            Log.LeftOut(_logger, version, VaultKeyRing.SecretName);
        }
    }

    IDataProtector Made()
    {
        var services = new ServiceCollection().AddSingleton(loggers).AddLogging();
        services.AddDataProtection().SetApplicationName(Application);
        services.Configure<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new VaultKeyRing(vault, time, LeftOut);
            // The vault encrypts what lies in it.
            options.XmlEncryptor = new NullXmlEncryptor();
        });
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector(Purpose);
    }

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "Left out version {Version} of the secret {Secret}: it is no key of this app. Somebody wrote it by hand; "
            + "disable it")]
        public static partial void LeftOut(ILogger logger, string version, string secret);
    }
}
