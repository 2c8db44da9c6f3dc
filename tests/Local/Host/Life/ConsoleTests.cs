using System.Net;
using Atrium.Local.Host.Http;
using Atrium.Local.Host.Tests.Support;

namespace Atrium.Local.Host.Tests.Life;

public sealed class ConsoleTests
{
    /// <summary>A file to which nothing can be written, on Linux.</summary>
    const string FullDisk = "/dev/full";

    [Fact]
    public async Task A_console_that_cannot_be_written_to_ends_nothing()
    {
        if (!File.Exists(FullDisk))
        {
            return;
        }

        await using var host = await RunningHost.StartAsync(setup => setup.Output = FullDisk);
        var worker = host.WorkerProcess;
        await host.SendAsync(Queues.Manual, "settled", "complete");
        await using var queue = host.ServiceBus.CreateReceiver(Queues.Manual);
        await Eventually.TrueAsync(async () => (await queue.PeekMessagesAsync(1, fromSequenceNumber: 0)).Count == 0);
        using var received = await host.Http.PostAsync(
            new Uri(BuiltInReceiver.Path, UriKind.Relative), new ByteArrayContent("{}"u8.ToArray()));
        Assert.Equal(HttpStatusCode.NoContent, received.StatusCode);
        Assert.Equal("plain ", await host.Http.GetStringAsync(new Uri("/api/Plain", UriKind.Relative)));
        Assert.Equal(worker, host.WorkerProcess);

        await host.Process.SignalAsync("TERM");
        Assert.Equal(0, await host.Process.ExitAsync());
    }
}
