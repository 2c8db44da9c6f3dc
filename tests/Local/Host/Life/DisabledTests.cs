using System.Net;
using Atrium.Local.Host.Tests.Support;

namespace Atrium.Local.Host.Tests.Life;

public sealed class DisabledTests
{
    [Fact]
    public async Task The_trigger_of_a_disabled_function_does_nothing_and_a_timer_can_still_be_run_by_hand()
    {
        await using var host = await RunningHost.StartAsync(
            setup =>
            {
                setup.LocalSettings("""
                    { "Values": { "AzureWebJobs.Plain.Disabled": true, "AzureWebJobs.Manual.Disabled": "true" } }
                    """);
                setup.Settings["AzureWebJobs__Tick__Disabled"] = "1";
            },
            "--functions");
        foreach (var name in (string[])["Plain", "Manual", "Tick"])
        {
            await host.Process.LineAsync($"Function {name} is disabled by the setting AzureWebJobs.{name}.Disabled");
            Assert.DoesNotContain(
                host.Process.Lines, line => line.StartsWith($"  {name}: ", StringComparison.Ordinal));
        }

        using var answer = await host.Http.GetAsync(new Uri("/api/Plain", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        await host.SendAsync(Queues.Manual, "lies", "complete");
        await host.SendAsync(Queues.Automatic, "runs", "nothing");
        await host.Process.LineAsync("runs began");
        await using var queue = host.ServiceBus.CreateReceiver(Queues.Manual);
        Assert.Equal(1, (await queue.ReceiveMessageAsync()).DeliveryCount);
        await host.RunTimerAsync("Tick");
        await host.Process.LineAsync("Ticked");
    }
}
