using System.Text.Json;
using Atrium.Functions.Events;

namespace Atrium.Local.Host.Stack;

/// <summary>
/// Says what runs and where, on the console and for programs in <c>running.json</c> in the state folder.
/// </summary>
internal sealed class Running(LocalStack stack, StackSettings settings, HostOptions options, Uri address) : IDisposable
{
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

    public void Print(int workerProcess)
    {
        Console.WriteLine();
        Show("Service Bus", stack.ServiceBus ?? "as the settings say");
        Show("Tables", stack.Tables is { } tables ? $"Azurite on port {tables.Port}" : "as the settings say");
        Show("Key Vault", stack.KeyVault?.VaultUri.AbsoluteUri ?? "as the settings say");
        Show("Data", settings.State);
        Show("Worker", $"process {workerProcess}, for a debugger to attach to");
        if (!options.Demo)
        {
            Console.WriteLine($$"""

                Subscribe:  curl -X POST {{address}}api/tenants/default/subscriptions \
                              -H 'content-type: application/json' \
                              -d '{"url":"http://localhost:9000/","events":["*"],"generateSecret":true}'
                Publish:    curl -X POST '{{address}}api/events?tenant=default' -H 'content-type: application/json' \
                              -d '{{EventSamples.PreRegistered}}'

                Ctrl-C stops all of it.
                """);
        }
    }

    public void Dispose() => System.IO.File.Delete(File);

    static void Show(string what, string where) => Console.WriteLine($"  {what,-12} {where}");
}
