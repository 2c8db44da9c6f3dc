using System.Text.Json;
using Atrium.Local.Host.Http;

namespace Atrium.Local.Host.Stack;

/// <summary>
/// Says what runs and where, on the console and for programs in <c>running.json</c> in the state folder.
/// </summary>
internal sealed class Running(
    LocalStack stack, StackSettings settings, HostOptions options, Uri address, bool locked) : IDisposable
{
    /// <summary>What stands before the address on the line that says the host is ready.</summary>
    public const string Ready = "Ready on ";

    const string FileName = "running.json";

    // Written under another name first: who finds the file finds it whole.
    const string Unfinished = $"{FileName}.new";

    readonly Lock _gate = new();
    bool _ended;

    /// <summary>Removes the file. What cannot be removed must not end the host, which runs, or has run.</summary>
    public static void Remove(string state)
    {
        try
        {
            File.Delete(Path.Combine(state, Unfinished));
            File.Delete(Path.Combine(state, FileName));
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            // The folder may have gone, and the file with it.
        }
    }

    /// <summary>
    /// Writes the file. If it cannot be written, there is none: one that names what has ended would mislead.
    /// </summary>
    /// <param name="workerProcess">The process that the app runs in, for debuggers.</param>
    public void Write(int workerProcess)
    {
        lock (_gate)
        {
            // A worker may die, and be followed by another, while the host waits for what runs.
            if (_ended)
            {
                return;
            }

            try
            {
                var unfinished = Path.Combine(settings.State, Unfinished);
                File.WriteAllText(unfinished, JsonSerializer.Serialize(new
                {
                    http = address,
                    serviceBus = stack.ServiceBus,
                    tables = stack.Tables?.ConnectionString,
                    tablesProcess = stack.Tables?.ProcessId,
                    keyVault = stack.KeyVault?.VaultUri,
                    workerProcess,
                }));
                File.Move(unfinished, Path.Combine(settings.State, FileName), overwrite: true);
            }
            catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
            {
                Remove(settings.State);
                Console.Error.WriteLine(
                    $"{FileName} cannot be written to {settings.State} ({unwritable.Message}), so no program finds "
                    + $"there what runs. The worker is process {workerProcess}. Make room, or make the folder "
                    + "writable, and start again.");
            }
        }
    }

    /// <summary>One screen: the addresses, two commands that work as they stand, how to stop, and the page.</summary>
    public void Print(int workerProcess)
    {
        Console.WriteLine();
        Show("API", new Uri(address, "api/openapi.json").AbsoluteUri);
        Show("Service Bus", stack.ServiceBus ?? "as the settings say");
        Show("Tables", stack.Tables is { } tables ? $"Azurite on port {tables.Port}" : "as the settings say");
        Show("Key Vault", stack.KeyVault?.VaultUri.AbsoluteUri ?? "as the settings say");
        Show("Data", settings.State);
        Show("Worker", $"process {workerProcess}, for a debugger to attach to");
        if (options.Demo)
        {
            return;
        }

        // A name that the shell replaces, so that the key is not in its history.
        var key = locked ? """-H "x-functions-key: $KEY" """ : "";
        Console.WriteLine($$$"""

            Subscribe:  curl -sS {{{address}}}api/tenants/acme/subscriptions {{{key}}}\
                          -H 'content-type: application/json' \
                          -d '{"url":"{{{new Uri(address, BuiltInReceiver.Path)}}}","events":["*"],
                               "secret":"{{{BuiltInReceiver.Secret}}}"}'
            Publish:    curl -sS '{{{address}}}api/events?tenant=acme' {{{key}}}\
                          -H 'content-type: application/json' -H "idempotency-key: $(date +%s)" \
                          -d '{"event":"visitor.checked_in","timestamp":"2026-04-15T10:05:00Z",
                               "visitor":{"email":"jane.smith@example.com","first_name":"Jane","last_name":"Smith"},
                               "visit":{"host":"John Doe","site":"Munich HQ","checked_in_at":"2026-04-15T10:05:00Z"}}'

            """);
        if (locked)
        {
            Console.WriteLine("HTTP functions ask for a key: set KEY to one of the FunctionKeys first.");
        }

        Console.WriteLine($"{Ready}{address.AbsoluteUri.TrimEnd('/')}");
        Console.WriteLine("Ctrl-C stops all of it.");
        Console.WriteLine($"The admin's page: {address}api/console/#tenant=acme");
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Remove(settings.State);
        }
    }

    static void Show(string what, string where) => Console.WriteLine($"  {what,-12} {where}");
}
