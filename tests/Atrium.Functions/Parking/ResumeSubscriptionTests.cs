using System.Net;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Parking;

public sealed class ResumeSubscriptionTests : IAsyncLifetime
{
    ParkingApi _api = null!;

    public async Task InitializeAsync() => _api = await ParkingApi.StartAsync();

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Resuming_ends_the_pause_and_starts_a_job()
    {
        var paused = await _api.PauseAsync();
        var answer = await _api.ResumeAsync(paused.ETag);
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Null((await _api.SubscriptionAsync()).PausedAt);
        var job = Assert.Single(await _api.JobsAsync());
        Assert.Equal((JobKind.Resume, JobSource.Parked), (job.Kind, job.Source));
        Assert.Equal($"/api/tenants/{Some.Tenant}/jobs/{job.Id}", answer.Location);
        Assert.Equal(job.Id, answer.Json.GetProperty("id").GetString());
        Assert.Equal(Some.SubscriptionId, answer.Json.GetProperty("filter").GetProperty("subscriptionId").GetString());
        Assert.Single(_api.Rig.Messages.Sent);
    }

    [Fact]
    public async Task What_is_not_paused_may_be_resumed_and_gets_what_lies_parked()
    {
        _api.Park(ParkingApi.Waiting(1));
        Assert.Equal(HttpStatusCode.Accepted, (await _api.ResumeAsync(await _api.TagAsync())).Status);
        await _api.Rig.RunAllAsync();
        Assert.Single(_api.Returned);
    }

    [Fact]
    public async Task A_resume_repeated_because_its_answer_was_lost_starts_no_second_job_under_its_key()
    {
        var tag = (await _api.PauseAsync()).ETag;
        var first = await _api.ResumeAsync(tag, key: "k1");
        var second = await _api.ResumeAsync(tag, key: "k1");
        Assert.Equal((HttpStatusCode.Accepted, first.Location), (second.Status, second.Location));
        Assert.Single(await _api.JobsAsync());
    }

    [Fact]
    public async Task A_resume_repeated_after_a_later_pause_does_not_end_that_one()
    {
        var first = await _api.ResumeAsync(key: "k1");
        await _api.PauseAsync();
        var second = await _api.ResumeAsync(key: "k1");
        Assert.Equal((HttpStatusCode.Accepted, first.Location), (second.Status, second.Location));
        Assert.NotNull((await _api.SubscriptionAsync()).PausedAt);
    }

    [Fact]
    public async Task A_key_that_stands_for_another_subscription_is_refused()
    {
        await _api.Store.AddAsync(Some.Subscription("sub_ffffffffffffffffffff"), default);
        await _api.ResumeAsync(id: "sub_ffffffffffffffffffff", key: "k1");
        await _api.PauseAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _api.ResumeAsync(key: "k1")).Status);
        Assert.NotNull((await _api.SubscriptionAsync()).PausedAt);
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused_before_anything_changes()
    {
        await _api.PauseAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ResumeAsync(key: new string('k', 256))).Status);
        Assert.NotNull((await _api.SubscriptionAsync()).PausedAt);
    }

    [Fact]
    public async Task A_resume_made_from_an_old_version_is_refused_and_starts_nothing()
    {
        var old = await _api.TagAsync();
        await _api.PauseAsync();
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _api.ResumeAsync(old)).Status);
        Assert.NotNull((await _api.SubscriptionAsync()).PausedAt);
        Assert.Empty(await _api.JobsAsync());
    }

    [Fact]
    public async Task A_request_that_names_no_version_is_refused()
    {
        Assert.Equal((HttpStatusCode)428, (await _api.ResumeAsync(null)).Status);
        Assert.Empty(await _api.JobsAsync());
    }

    [Theory]
    [InlineData("globex", Some.SubscriptionId)]
    [InlineData(Some.Tenant, "sub_ffffffffffffffffffff")]
    [InlineData("a b", "x")]
    public async Task Another_tenants_subscription_is_not_found(string tenant, string id)
    {
        await _api.PauseAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await _api.ResumeAsync("*", tenant, id)).Status);
        Assert.NotNull((await _api.SubscriptionAsync()).PausedAt);
        Assert.Empty(await _api.JobsAsync(tenant.Replace(' ', '_')));
    }

    [Fact]
    public async Task With_too_many_jobs_under_way_the_pause_ends_and_the_timer_does_the_rest()
    {
        for (var i = 0; i < JobStarter.MaxUnfinished; i++)
        {
            await _api.Rig.StartAsync(JobKind.Discard);
        }

        await _api.PauseAsync();
        _api.Park(ParkingApi.Waiting(1));
        Assert.Equal(HttpStatusCode.Conflict, (await _api.ResumeAsync()).Status);
        Assert.Null((await _api.SubscriptionAsync()).PausedAt);

        await _api.ReturnParkedAsync();
        Assert.Equal(JobStarter.MaxUnfinished, (await _api.JobsAsync()).Count);
        await _api.Rig.RunAllAsync();
        await _api.ReturnParkedAsync();
        await _api.Rig.RunAllAsync();
        Assert.Single(_api.Returned);
    }
}
