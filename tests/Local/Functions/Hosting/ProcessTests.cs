using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Atrium.Local.Functions.Tests.Support;
using Microsoft.Azure.Functions.Worker.Hosting;

namespace Atrium.Local.Functions.Tests.Hosting;

public sealed class ProcessTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly List<Process> _started = [];

    [Fact]
    public async Task Lists_its_functions_serves_them_and_ends_with_0()
    {
        _folder.Write("local.settings.json", """{ "IsEncrypted": false, "Values": { "FromTheFile": "yes" } }""");
        var app = Start("--port", "0");
        var printed = new List<string>();
        Uri? address = null;
        while (address is null && await app.StandardOutput.ReadLineAsync().Soon() is { } line)
        {
            printed.Add(line.Trim());
            address = line.StartsWith(FunctionListing.Ready, StringComparison.Ordinal) ? new(line[FunctionListing.Ready.Length..]) : null;
        }

        Assert.NotNull(address);
        Assert.Contains($"Stop: [POST] {address}api/stop", printed);
        Assert.Contains("Tick: timerTrigger 0 0 3 1 1 *", printed);

        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(address, "api/stop"), content: null).Soon();
        Assert.Equal("yes", await answer.Content.ReadAsStringAsync());
        await app.WaitForExitAsync().Soon();
        Assert.Equal(0, app.ExitCode);
    }

    [Fact]
    public async Task A_broken_settings_file_is_one_sentence_and_exit_code_1()
    {
        var file = _folder.Write("local.settings.json", "{\n  \"Values\": {\n    \"A\" \"b\"\n  }\n}");
        var (code, error) = await EndAsync();
        Assert.Equal(1, code);
        var sentence = Assert.Single(error);
        Assert.StartsWith($"{file} is not valid JSON at line 3, position 9:", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_one_sentence_and_exit_code_1()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var (code, error) = await EndAsync("--port", $"{taken}");
        Assert.Equal(1, code);
        var sentence = Assert.Single(error);
        Assert.StartsWith($"Port {taken} on localhost is taken by another program.", sentence, StringComparison.Ordinal);
        Assert.Contains("--port N", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_to_run_inside_App_Service()
    {
        var (code, error) = await EndAsync(environment: ("WEBSITE_INSTANCE_ID", "abc"));
        Assert.Equal(1, code);
        Assert.Contains("WEBSITE_INSTANCE_ID", Assert.Single(error), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }

        _folder.Dispose();
    }

    Task<(int Code, string[] Error)> EndAsync(params string[] arguments) => EndAsync(default, arguments);

    async Task<(int Code, string[] Error)> EndAsync((string Name, string Value) environment, params string[] arguments)
    {
        var app = Start(environment, arguments);
        var error = app.StandardError.ReadToEndAsync();
        var output = app.StandardOutput.ReadToEndAsync();
        await app.WaitForExitAsync().Soon();
        await output.Soon();
        return (app.ExitCode, (await error.Soon()).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    Process Start(params string[] arguments) => Start(default, arguments);

    Process Start((string Name, string Value) environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(SampleApp.SampleFunctions).Assembly.Location, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment[HostSite.ScriptRootVariable] = _folder.Path;
        if (environment.Name is not null)
        {
            start.Environment[environment.Name] = environment.Value;
        }

        var process = Process.Start(start)!;
        _started.Add(process);
        return process;
    }
}
