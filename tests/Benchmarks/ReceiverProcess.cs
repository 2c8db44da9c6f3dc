using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Atrium.Benchmarks;

/// <summary>A receiver in a process of its own, so that what it costs is nobody else's.</summary>
sealed class ReceiverProcess : IDisposable
{
    /// <summary>The command that is one.</summary>
    public const string Command = "receiver";

    /// <summary>The path whose answers do not say how long they are.</summary>
    public const string Chunked = "/chunked";

    static readonly byte[] Answer = """{"received":true}"""u8.ToArray();

    readonly Process _process;

    ReceiverProcess(Process process, string url) => (_process, Url) = (process, url);

    public string Url { get; }

    public static async Task<ReceiverProcess> StartAsync()
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(ReceiverProcess).Assembly.Location, Command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var url = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The receiver ended before it was ready. What it said is above.");
        return new(process, url);
    }

    /// <summary>Receives until nobody is left who started it.</summary>
    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        server.Run(async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = http.Request.Path == Chunked ? null : Answer.Length;
            await http.Response.Body.WriteAsync(Answer);
        });
        await server.StartAsync();
        Console.WriteLine(server.Urls.First());
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
