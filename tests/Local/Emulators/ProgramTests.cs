using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Atrium.Local.Emulators.KeyVault;
using Atrium.Local.Emulators.Tests.Azurite;
using Atrium.Local.Emulators.Tests.KeyVault;
using Atrium.Processes;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Security.KeyVault.Secrets;

namespace Atrium.Local.Emulators.Tests;

public sealed class ProgramTests : IClassFixture<InstalledAzurite>, IDisposable
{
    static readonly string[] AnyPorts = ["--port", "0", "--keyvault-port", "0", "--tables-port", "0"];

    readonly StateFolder state = new();

    public void Dispose() => state.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Starts_all_three_and_stops_them_when_asked(string signal)
    {
        await using var program = EmulatorProgram.Start(["--state", state.Path, .. AnyPorts]);
        Assert.StartsWith(
            "Endpoint=sb://localhost:", await program.ReadyAsync("Service Bus"), StringComparison.Ordinal);
        Assert.StartsWith("https://vault.localhost:", await program.ReadyAsync("Key Vault"), StringComparison.Ordinal);
        await RunningAzurite.AddAsync(RunningAzurite.Table(await program.ReadyAsync("Table")), "key");

        await program.SignalAsync(signal);

        Assert.Equal(0, await program.ExitAsync());
        Assert.Equal(
            ["Service Bus", "Key Vault", "Table"], program.Lines.Select(line => line.Split(" emulator: ")[0]));
        Assert.True(File.Exists(Path.Combine(state.Path, "servicebus.db")));
        Assert.True(File.Exists(Path.Combine(state.Path, "keyvault", "secrets.db")));
        Assert.Contains(
            "\"key\"", await File.ReadAllTextAsync(Path.Combine(state.Path, "tables", "__azurite_db_table__.json")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_keep_everything_acknowledged_when_the_program_is_killed_under_load()
    {
        const int Enough = 50;
        await using var killed = EmulatorProgram.Start(["--state", state.Path, "--only", "tables", .. AnyPorts]);
        var table = RunningAzurite.Table(await killed.ReadyAsync("Table"));
        await RunningAzurite.AddAsync(table, "first");
        var acknowledged = new ConcurrentQueue<string>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async Task WriteUntilRefusedAsync(int writer)
        {
            for (var number = 0; ; number++)
            {
                var key = $"{writer}-{number}";
                await table.AddEntityAsync(new TableEntity("default", key));
                acknowledged.Enqueue(key);
                if (acknowledged.Count >= Enough)
                {
                    enough.TrySetResult();
                }
            }
        }

        var writers = Enumerable.Range(0, 4).Select(WriteUntilRefusedAsync).ToList();
        await enough.Task.Soon();
        await killed.KillAsync();
        foreach (var writer in writers)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => writer);
        }

        await using var next = EmulatorProgram.Start(["--state", state.Path, "--only", "tables", .. AnyPorts]);
        var kept = await RunningAzurite.KeysAsync(RunningAzurite.Table(await next.ReadyAsync("Table")));
        Assert.Empty(acknowledged.Append("first").Except(kept));
    }

    [Fact]
    public async Task The_vault_keeps_what_was_set_just_before_the_program_was_killed()
    {
        await using var killed = EmulatorProgram.Start(["--state", state.Path, "--only", "keyvault", .. AnyPorts]);
        var vaultUri = new Uri(await killed.ReadyAsync("Key Vault"));
        var vault = Path.Combine(state.Path, "keyvault");
        using (var transport = new HttpClientTransport(TrustingHandler(Path.Combine(vault, "certificate.pem"))))
        {
            var client = new SecretClient(
                vaultUri, new LocalVaultCredential(), new SecretClientOptions { Transport = transport });
            await client.SetSecretAsync("key", "value");
        }

        await killed.KillAsync();

        await using var next = await RunningVault.StartAsync(vault);
        Assert.Equal("value", (await next.Client.GetSecretAsync("key")).Value.Value);
    }

    [Fact]
    public async Task A_wrong_argument_is_one_sentence_and_exit_code_2()
    {
        await using var program = EmulatorProgram.Start("--colour", "red");

        Assert.Equal(2, await program.ExitAsync());
        Assert.Equal(["The argument '--colour' is not known. --help lists all arguments."], program.Errors);
    }

    [Fact]
    public async Task A_missing_Node_js_is_one_sentence_and_exit_code_1()
    {
        await using var program = EmulatorProgram.Start(
            new() { ["PATH"] = state.Path }, ["--state", state.Path, "--only", "tables", .. AnyPorts]);

        Assert.Equal(1, await program.ExitAsync());
        Assert.StartsWith("Node.js is not on the PATH.", Assert.Single(program.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_folder_that_is_a_file_is_one_sentence_and_exit_code_1()
    {
        var file = Path.Combine(state.Path, "file");
        await File.WriteAllTextAsync(file, "");

        await AssertUnusableAsync(file);
        await AssertUnusableAsync(Path.Combine(file, "below"));
    }

    [Fact]
    public async Task A_state_folder_that_must_not_be_written_is_one_sentence_and_exit_code_1()
    {
        using var locked = new LockedFolder();

        await AssertUnusableAsync(locked.Path);
        await AssertUnusableAsync(Path.Combine(locked.Path, "below"));
    }

    [Fact]
    public async Task A_missing_folder_for_temporary_files_is_in_nobodys_way()
    {
        await using var program = EmulatorProgram.Start(
            new() { ["TMPDIR"] = Path.Combine(state.Path, "none") },
            ["--state", state.Path, "--only", "tables", .. AnyPorts]);

        await program.ReadyAsync("Table");
    }

    [Fact]
    public async Task A_state_that_nobody_has_foreseen_is_one_sentence_and_where_it_came_about_and_exit_code_1()
    {
        // The certificate without its key.
        var vault = Path.Combine(state.Path, "keyvault");
        await using (var first = EmulatorProgram.Start(["--state", state.Path, "--only", "keyvault", .. AnyPorts]))
        {
            await first.ReadyAsync("Key Vault");
        }

        using (var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(vault, "certificate.pem")))
        {
            await File.WriteAllBytesAsync(
                Path.Combine(vault, "certificate.pfx"), certificate.Export(X509ContentType.Pfx));
        }

        await using var next = EmulatorProgram.Start(["--state", state.Path, "--only", "keyvault", .. AnyPorts]);

        Assert.Equal(1, await next.ExitAsync());
        Assert.StartsWith(
            "The emulators cannot go on, for a reason not foreseen (",
            next.Errors.First(), StringComparison.Ordinal);
        Assert.Contains(next.Errors, line => line.Contains("at Atrium.Local.", StringComparison.Ordinal));
    }

    static async Task AssertUnusableAsync(string folder)
    {
        await using var program = EmulatorProgram.Start(["--state", folder, .. AnyPorts]);

        Assert.Equal(1, await program.ExitAsync());
        var sentence = Assert.Single(program.Errors);
        Assert.StartsWith($"The state folder {folder} cannot be used (", sentence, StringComparison.Ordinal);
        Assert.EndsWith("name another one with --state.", sentence, StringComparison.Ordinal);
    }

    static SocketsHttpHandler TrustingHandler(string pemFile)
    {
        var trusted = X509CertificateLoader.LoadCertificateFromFile(pemFile).RawData;
        return new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions =
                { RemoteCertificateValidationCallback = (_, served, _, _) => served!.GetRawCertData().AsSpan()
                .SequenceEqual(trusted) },
        };
    }
}
