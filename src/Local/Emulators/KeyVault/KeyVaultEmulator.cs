using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>
/// A Key Vault for secrets on the loopback address, over HTTPS, for the real <c>SecretClient</c>. Secrets are on disk
/// before a set is answered. Dispose it to stop it; the next one on the same folder goes on with the same secrets and
/// certificate.
/// </summary>
public sealed class KeyVaultEmulator : IAsyncDisposable
{
    // SecretClient requires that the vault's host is below the host in the challenge. Names under localhost belong to
    // nobody else (RFC 6761).
    internal const string ParentDomain = "localhost";
    const string Host = "vault." + ParentDomain;

    readonly WebApplication server;
    readonly VaultDatabase database;

    KeyVaultEmulator(WebApplication server, VaultDatabase database, X509Certificate2 certificate)
    {
        this.server = server;
        this.database = database;
        Certificate = certificate;
        VaultUri = new UriBuilder(Uri.UriSchemeHttps, Host, new Uri(server.Urls.First()).Port).Uri;
    }

    /// <summary>
    /// The address for <c>SecretClient</c>. Its host name resolves through <see cref="CreateTrustingHandler"/> on any
    /// machine.
    /// </summary>
    public Uri VaultUri { get; }

    /// <summary>
    /// The self-signed certificate that the emulator serves. Its public half is also in the state folder, as
    /// <c>certificate.pem</c>. It is disposed with the emulator.
    /// </summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Starts an emulator, which listens when the task ends.</summary>
    /// <param name="options">Where it keeps its secrets and where it listens.</param>
    /// <param name="timeProvider">The clock of creation times and of the retention of deleted secrets.</param>
    /// <param name="loggerFactory">Takes the log of the web server; neither secrets nor tokens go there.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <returns>The running emulator.</returns>
    /// <exception cref="EmulatorStartException">The port is taken, or the folder cannot be used.</exception>
    public static async Task<KeyVaultEmulator> StartAsync(
        KeyVaultEmulatorOptions options,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory,
        CancellationToken cancellationToken = default)
    {
        var (database, certificate) = OpenState(options.StateFolder, timeProvider);
        var server = VaultServer.Build(options, database, certificate, timeProvider, loggerFactory);
        try
        {
            await server.StartAsync(cancellationToken);
            return new KeyVaultEmulator(server, database, certificate);
        }
        catch (Exception exception)
        {
            await server.DisposeAsync();
            database.Dispose();
            certificate.Dispose();
            if (exception is IOException { InnerException: AddressInUseException } or SocketException)
            {
                var why = exception.GetBaseException().Message;
                throw LoopbackPort.Taken(EmulatorPort.KeyVault, options.Port, why, exception);
            }

            throw;
        }
    }

    /// <summary>
    /// Makes a handler for HTTP clients of this emulator: it trusts this one certificate and no other, and finds the
    /// host without DNS.
    /// </summary>
    /// <returns>A new handler, for the caller to dispose.</returns>
    public HttpMessageHandler CreateTrustingHandler() => PinnedHandler.Create(Certificate);

    /// <summary>Answers what is being asked, then stops listening and closes the database.</summary>
    /// <returns>A task that ends when all is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        database.Dispose();
        Certificate.Dispose();
    }

    static (VaultDatabase Database, X509Certificate2 Certificate) OpenState(string folder, TimeProvider clock)
    {
        try
        {
            PrivateFiles.CreateFolder(folder);
            var certificate = DevelopmentCertificate.LoadOrCreate(folder, Host, clock.GetUtcNow());
            return (OpenDatabase(Path.Combine(folder, "secrets.db")), certificate);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EmulatorStartException(
                $"The Key Vault emulator cannot use its folder {folder}: {exception.Message} Make it writable, or "
                    + "choose another state folder.", exception);
        }
    }

    static VaultDatabase OpenDatabase(string file)
    {
        try
        {
            return new VaultDatabase(file);
        }
        catch (SqliteException unusable)
        {
            throw new DatabaseFile("The Key Vault emulator", file, "an empty vault").Refused(unusable);
        }
    }
}
