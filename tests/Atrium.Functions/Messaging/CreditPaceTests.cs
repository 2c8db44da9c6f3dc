using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.DeadLetters;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Messaging;

public sealed class CreditPaceTests
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    readonly SteppedTime _time = new(Some.Time);

    [Theory]
    [InlineData(800)]
    [InlineData(80)]
    [InlineData(12_345)]
    public async Task No_second_has_more_than_its_credits_and_a_tenth_of_one(int perSecond)
    {
        var pace = Some.Credits(_time, perSecond);
        var (spent, random) = (new List<(DateTimeOffset At, int Credits)>(), new Random(7));
        while (_time.GetUtcNow() < Some.Time + (20 * Second))
        {
            var credits = random.Next(1, 1 + (perSecond / 20));
            await WaitAsync(pace.SpendAsync(credits, default));
            spent.Add((_time.GetUtcNow(), credits));
            if (random.Next(50) == 0)
            {
                _time.Advance(TimeSpan.FromMilliseconds(random.Next(3000)));
            }
        }

        Assert.All(spent, first => Assert.InRange(
            spent.Where(one => one.At >= first.At && one.At < first.At + Second).Sum(one => one.Credits),
            0, (int)(perSecond * 1.15) + 1));
    }

    [Fact]
    public async Task What_is_within_the_rate_does_not_wait()
    {
        var pace = Some.Credits(_time, 800);
        for (var i = 0; i < 100; i++)
        {
            var spending = pace.SpendAsync(80, default);
            Assert.True(spending.IsCompletedSuccessfully);
            await spending;
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    [Fact]
    public async Task A_clock_that_is_set_back_makes_nobody_wait()
    {
        var pace = Some.Credits(_time, 800);
        await pace.SpendAsync(80, default);
        _time.Set(TimeSpan.FromMinutes(-10));
        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.True(pace.SpendAsync(80, default).IsCompletedSuccessfully);
    }

    [Fact]
    public void Without_the_setting_nothing_waits()
    {
        var pace = Some.Credits(_time);
        Assert.True(pace.SpendAsync(int.MaxValue, default).IsCompletedSuccessfully);
        Assert.True(pace.RecoverAsync(int.MaxValue, default).IsCompletedSuccessfully);
        Assert.Equal(100, pace.RecoveryPage(100, 4));
    }

    [Fact]
    public async Task Recovery_has_an_eighth_and_makes_no_delivery_wait()
    {
        var pace = Some.Credits(_time, 800);
        var recovering = pace.RecoverAsync(1_000, default);
        Assert.True(pace.SpendAsync(80, default).IsCompletedSuccessfully);
        await _time.SkipAllAsync(recovering);
        // 1,000 at 100 a second, the first ten of them at once.
        Assert.Equal(TimeSpan.FromSeconds(9.9), _time.GetUtcNow() - Some.Time);
    }

    [Theory]
    [InlineData(800, 4, 6)]
    [InlineData(800, 1, 25)]
    [InlineData(80, 4, 1)]
    [InlineData(100_000, 4, 100)]
    public void Recovery_takes_a_quarter_of_a_second_at_once(int perSecond, int creditsEach, int page) =>
        Assert.Equal(page, Some.Credits(_time, perSecond).RecoveryPage(100, creditsEach));

    [Fact]
    public async Task A_wait_can_be_given_up()
    {
        using var ended = new CancellationTokenSource();
        var waiting = Some.Credits(_time, 80).SpendAsync(1_000, ended.Token);
        await ended.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData("79", false)]
    [InlineData("80", true)]
    [InlineData("100000", true)]
    [InlineData("100001", false)]
    [InlineData("many", false)]
    public void The_setting_is_bounded(string perSecond, bool valid)
    {
        using var rig = new AppRig([new("Credits:PerSecond", perSecond)]);
        Assert.Equal(valid, Record.Exception(() => rig.Get<IOptions<CreditOptions>>().Value) is null);
    }

    [Fact]
    public async Task A_replay_sends_as_fast_as_its_share_allows()
    {
        const int Letters = 50;
        using var api = new DeadLetterApi();
        api.Rig.Get<IOptions<CreditOptions>>().Value.PerSecond = 800;
        foreach (var number in Enumerable.Range(1, Letters))
        {
            api.PutDelivery(number);
        }

        await WithoutWaitsAsync(api, api.Rig.IndexAsync());
        var asked = await api.ReplayAsync(new { all = true });
        var began = api.Rig.Time.GetUtcNow();
        await WithoutWaitsAsync(api, api.Rig.RunAllAsync());

        Assert.Equal(JobState.Succeeded, (await api.EndAsync(asked)).State);
        Assert.Equal(Letters, api.Deliveries.Sent.Count);
        // Four credits each, at a hundred a second.
        Assert.InRange((api.Rig.Time.GetUtcNow() - began).TotalSeconds, 1.8, 2.5);
    }

    [Fact]
    public async Task A_rebuild_looks_as_fast_as_its_share_allows()
    {
        const int Letters = 200;
        using var api = new DeadLetterApi();
        api.Rig.Get<IOptions<CreditOptions>>().Value.PerSecond = 800;
        foreach (var number in Enumerable.Range(1, Letters))
        {
            api.PutDelivery(number);
        }

        var began = api.Rig.Time.GetUtcNow();
        await WithoutWaitsAsync(api, api.Rig.Get<IndexRebuild>().RunAsync(default));
        Assert.InRange((api.Rig.Time.GetUtcNow() - began).TotalSeconds, 3.5, 4.5);
    }

    async Task WaitAsync(Task spending)
    {
        if (!spending.IsCompleted)
        {
            await _time.SkipAsync();
            await spending;
        }
    }

    static async Task WithoutWaitsAsync(DeadLetterApi api, Task work)
    {
        await api.Rig.Time.SkipAllAsync(work);
        await work;
    }
}
