using System.Text;

namespace Atrium.EndToEnd;

public sealed class ParkingTests
{
    [Fact]
    public async Task While_paused_nothing_arrives_and_once_resumed_each_arrives_once_and_its_attempts_go_on()
    {
        const int Halfway = 3;
        const int Later = 20;
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        // Twice as fast, the third attempt is due five seconds after the second has failed: when the cache has
        // forgotten that it was active.
        await using var app = await RunningApp.StartAsync(state, clockSpeed: 2);
        var id = (await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true)).Id;
        var (failing, arrived, paused) = (new HashSet<string>(), 0, new TaskCompletionSource());
        var allArrived = new TaskCompletionSource();
        receiver.Answer = (request, number) => IsHalfway(request) && number <= 2 ? 503 : 200;
        receiver.Hold = (_, number) =>
        {
            if (number == 2 && Interlocked.Increment(ref arrived) == Halfway)
            {
                allArrived.SetResult();
            }

            return number == 2 ? paused.Task : Task.CompletedTask;
        };

        await app.PublishAsync(Enumerable.Range(0, Halfway).Select(i => Numbered("halfway", i)));
        await allArrived.Task.Soon();
        await app.PauseAsync(id);
        paused.SetResult();
        await app.ParkedAsync(id, Halfway);
        await app.PublishAsync(Enumerable.Range(0, Later).Select(i => Numbered("later", i)));
        await app.ParkedAsync(id, Halfway + Later);
        Assert.Equal(2 * Halfway, receiver.All.Count);

        var job = await app.ResumeAsync(id);
        await receiver.UntilAsync(all => all.Count >= 3 * Halfway + Later);
        await app.LoggedAsync(job, "ended as Succeeded");

        Assert.Equal(Halfway + Later, await app.TakenByResumesAsync());
        Assert.Equal(0, await app.CountParkedAsync(id));
        Assert.Equal(Halfway + Later, receiver.All.Select(request => request.Id).Distinct().Count());
        var recorded = (await Attempts.AtLeastAsync(app.Tables, 3 * Halfway + Later))
            .ToLookup(attempt => attempt.GetString("DeliveryId"));
        foreach (var requests in receiver.All.GroupBy(request => request.Id))
        {
            var tries = IsHalfway(requests.First()) ? 3 : 1;
            Assert.Equal(tries, requests.Count());
            var attempts = recorded[requests.Key].OrderBy(attempt => attempt.GetInt32("Attempt")).ToList();
            Assert.Equal(Enumerable.Range(1, tries), attempts.Select(attempt => attempt.GetInt32("Attempt")!.Value));
            Assert.Equal(
                Enumerable.Repeat("Retrying", tries - 1).Append("Delivered"),
                attempts.Select(attempt => attempt.GetString("Outcome")));
        }

        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(3 * Halfway + Later, receiver.All.Count);
    }

    [Fact]
    public async Task One_at_a_time_the_oldest_goes_out_first()
    {
        const int Count = 20;
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var app = await RunningApp.StartAsync(
            state, settings: ("AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls", "1"));
        var id = (await app.SubscribeAsync(receiver.Url, ["*"])).Id;
        await app.PauseAsync(id);
        for (var i = 0; i < Count; i++)
        {
            await app.PublishAsync(Numbered("next", i));
        }

        await app.ParkedAsync(id, Count);
        await app.ResumeAsync(id);

        var requests = await receiver.NextAsync(Count);
        Assert.Equal(
            Enumerable.Range(0, Count).Select(i => Numbered("next", i)),
            requests.Select(request => Encoding.UTF8.GetString(request.Body)));
    }

    [Fact]
    public async Task Paused_and_resumed_again_and_again_while_events_flow_every_event_arrives_exactly_once()
    {
        const int Rounds = 6;
        const int InARound = 20;
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var app = await RunningApp.StartAsync(state, clockSpeed: 4);
        var id = (await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true)).Id;
        var published = new List<Task<string>>();
        for (var round = 0; round < Rounds; round++)
        {
            await app.PauseAsync(id);
            published.AddRange(
                Enumerable.Range(0, InARound).Select(i => app.PublishAsync(Numbered($"paused {round}", i))));
            // From the first on that is parked, the cache has it paused: each delivery of the next seconds is judged on
            // what is true at that moment.
            await (round == 0 ? app.ParkedAsync(id, 1) : Task.WhenAny(published[^InARound..]));
            await app.ResumeAsync(id);
            published.AddRange(
                Enumerable.Range(0, InARound).Select(i => app.PublishAsync(Numbered($"resumed {round}", i))));
            await Task.WhenAny(published[^InARound..]);
        }

        await Task.WhenAll(published);
        // What was judged just before the last resume may be parked after its job has been by: the timer's work, which
        // a resume does sooner.
        await Eventually.TrueAsync(async () =>
        {
            var parked = await app.CountParkedAsync(id);
            if (parked > 0)
            {
                await app.LoggedAsync(await app.ResumeAsync(id), "ended as");
            }

            return parked == 0 && receiver.All.Count >= published.Count;
        });

        var attempts = await Attempts.AtLeastAsync(app.Tables, published.Count);
        Assert.All(attempts, attempt => Assert.Equal("Delivered", attempt.GetString("Outcome")));
        Assert.Equal(
            receiver.All.Select(request => request.Id).Order(),
            attempts.Select(attempt => attempt.GetString("DeliveryId")).Order());

        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(published.Count, receiver.All.Count);
        Assert.Equal(published.Count, receiver.All.Select(request => request.Id).Distinct().Count());
        Assert.Contains("is parked, since", app.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_during_a_resume_and_started_again_it_delivers_each_and_again_only_what_was_under_way()
    {
        const int Count = 150;
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        var (arrived, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Hold = (_, _) =>
        {
            arrived.TrySetResult();
            return never.Task;
        };
        string id, job;
        await using (var first = await RunningApp.StartAsync(state))
        {
            id = (await first.SubscribeAsync(receiver.Url, ["*"], generateSecret: true)).Id;
            await first.PauseAsync(id);
            await first.PublishAsync(Enumerable.Range(0, Count).Select(i => Numbered("parked", i)));
            await first.ParkedAsync(id, Count);
            job = await first.ResumeAsync(id);
            // The job has sent its first batch, and has the rest to do.
            await arrived.Task.Soon();
            await first.Process.KillAsync();
        }

        Assert.Empty(receiver.Answered);
        receiver.Hold = (_, _) => Task.CompletedTask;
        await using var second = await RunningApp.StartAsync(state, clockSpeed: 20);
        await receiver.UntilAsync(_ => receiver.Answered.Select(request => request.Id).Distinct().Count() == Count);

        Assert.Equal("succeeded", (await second.EndOfAsync(job)).State());
        Assert.Equal(0, await second.CountParkedAsync(id));
        Assert.Equal(0, await second.Process.InterruptAsync());
        Assert.InRange(receiver.Answered.Count, Count, Count + Trials.MostUnderWay);
    }

    static bool IsHalfway(Received request) =>
        Encoding.UTF8.GetString(request.Body).Contains("halfway", StringComparison.Ordinal);

    static string Numbered(string name, int number) =>
        Events.CheckedIn.Replace("Zoë", $"{name} {number}", StringComparison.Ordinal);
}
