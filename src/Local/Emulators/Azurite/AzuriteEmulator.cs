using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.Azurite;

/// <summary>
/// Azurite's table service, in a process of its own that never outlives this one. Dispose it to stop it, with all data
/// saved. When the process ends by itself it is started again on the same port, with all that was answered.
/// </summary>
public sealed partial class AzuriteEmulator : IAsyncDisposable
{
    // The account and key that Microsoft's documentation gives for every development storage. No secret.
    const string Account = "devstoreaccount1";
    const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // For the predecessor's host to let go of the folder while it stops: a stop may take 15 s.
    static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(20);

    readonly AzuriteSupervisor supervisor;
    readonly FolderLock folderLock;

    AzuriteEmulator(string installation, AzuriteSupervisor supervisor, FolderLock folderLock)
    {
        Installation = installation;
        this.supervisor = supervisor;
        this.folderLock = folderLock;
    }

    /// <summary>The folder of the packages that it runs from.</summary>
    public string Installation { get; }

    /// <summary>The port on 127.0.0.1. It stays the same when the process is started again.</summary>
    public int Port => supervisor.Port;

    /// <summary>The system's number of the process that runs now.</summary>
    public int ProcessId => supervisor.ProcessId;

    /// <summary>The connection string for table clients, with the well-known development account.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
        + $"TableEndpoint=http://127.0.0.1:{Port}/{Account};";

    /// <summary>
    /// Installs Azurite if need be (once, some ten seconds), and starts it. It serves when the task ends.
    /// </summary>
    /// <param name="options">Where it is installed, where it keeps its data and where it listens.</param>
    /// <param name="tell">Shows the progress of the installation at once and in order, at least every three seconds.
    /// </param>
    /// <param name="loggerFactory">Takes the log of unexpected ends.</param>
    /// <param name="timeProvider">The clock of waiting and of back-off.</param>
    /// <param name="cancellationToken">Gives up starting, or installing.</param>
    /// <returns>The running emulator.</returns>
    /// <exception cref="EmulatorStartException">Node.js is missing or too old, npm cannot install, the port is taken,
    /// or the data folder is in use or cannot be written.</exception>
    public static async Task<AzuriteEmulator> StartAsync(
        AzuriteEmulatorOptions options,
        Action<string> tell,
        ILoggerFactory loggerFactory,
        TimeProvider timeProvider,
        CancellationToken cancellationToken = default)
    {
        var node = await NodeJs.FindAsync(options.SearchPath, cancellationToken);
        var installation = await new AzuriteInstallation(options.ToolsFolder, tell, timeProvider)
            .EnsureAsync(node, cancellationToken);
        var folderLock = await LockAsync(options.DataFolder, timeProvider, cancellationToken);
        var logger = loggerFactory.CreateLogger<AzuriteEmulator>();
        var complaints = new OnceAMinute(timeProvider);
        try
        {
            var supervisor = await AzuriteSupervisor.StartAsync(
                (port, token) => AzuriteProcess.StartAsync(
                    node, installation, options.DataFolder, port, Complain, timeProvider, token),
                options.Port,
                logger,
                timeProvider,
                cancellationToken);
            return new AzuriteEmulator(installation, supervisor, folderLock);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }

        // On a full disk, it complains at each try, once a second.
        void Complain(string line)
        {
            if (complaints.Next() is { } untold)
            {
                Log.Complained(logger, untold, line);
            }
        }
    }

    /// <summary>
    /// Lets Azurite answer what it has begun and save, and waits until its process has ended: 15 s at most.
    /// </summary>
    /// <returns>A task that ends with the process.</returns>
    public async ValueTask DisposeAsync()
    {
        await supervisor.DisposeAsync();
        folderLock.Dispose();
    }

    static async Task<FolderLock> LockAsync(string folder, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            PrivateFiles.CreateFolder(folder);
            return await FolderLock.AcquireAsync(
                Path.Combine(folder, "azurite.lock"), LockPatience, clock, static () => { }, cancellationToken)
                ?? throw new EmulatorStartException(
                    $"The table folder {folder} is in use by another process. Stop that one, or choose another state "
                        + "folder.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EmulatorStartException(
                $"The table folder {folder} cannot be used: {exception.Message} Make it writable.", exception);
        }
    }

    static partial class Log
    {
        [LoggerMessage(
            6, LogLevel.Warning, "Azurite says, and {Untold} lines more since the last such line: {Line}")]
        public static partial void Complained(ILogger logger, int untold, string line);
    }
}
