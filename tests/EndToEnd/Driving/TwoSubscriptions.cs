namespace Atrium.EndToEnd;

internal static class TwoSubscriptions
{
    /// <summary>Makes two subscriptions in an app that does not run any more when they are there.</summary>
    public static async Task<(string First, string Second)> MakeAsync(
        TemporaryFolder state, Broker broker, Receiver receiver)
    {
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
        var first = await app.SubscribeAsync(receiver.Url, ["*"]);
        var second = await app.SubscribeAsync(receiver.Url, ["*"]);
        Assert.Equal(0, await app.Process.InterruptAsync());
        return (first.Id, second.Id);
    }
}
