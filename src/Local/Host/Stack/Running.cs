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

    string File => Path.Combine(settings.State, "running.json");

    /// <param name="workerProcess">The process that the app runs in, for debuggers.</param>
    public void Write(int workerProcess)
    {
        // Written under another name first: who finds the file finds it whole.
        System.IO.File.WriteAllText(File + ".new", JsonSerializer.Serialize(new
        {
            http = address,
            serviceBus = stack.ServiceBus,
            tables = stack.Tables?.ConnectionString,
            tablesProcess = stack.Tables?.ProcessId,
            keyVault = stack.KeyVault?.VaultUri,
            workerProcess,
        }));
        System.IO.File.Move(File + ".new", File, overwrite: true);
    }

    /// <summary>Writes of another worker. A file that cannot be written must not end the host, which runs.</summary>
    public void Rewrite(int workerProcess)
    {
        try
        {
            Write(workerProcess);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(
                $"{File} still names the worker that has died ({unwritable.Message}). "
                + $"The one that runs now is process {workerProcess}.");
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

    public void Dispose() => System.IO.File.Delete(File);

    static void Show(string what, string where) => Console.WriteLine($"  {what,-12} {where}");
}
