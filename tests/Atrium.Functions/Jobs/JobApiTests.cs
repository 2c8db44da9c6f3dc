using System.Net;
using System.Text.Json;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Data.Tables;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.Jobs;

public sealed class JobApiTests : IDisposable
{
    readonly JobRig _rig = new(new ScriptedWork());

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_job_is_shown_with_what_was_asked_for_and_how_far_it_is()
    {
        var job = await _rig.StartAsync(arguments: """{"reason":"AttemptsExhausted"}""");

        var answer = await GetAsync(job.Id);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("replay", answer.Json.GetProperty("kind").GetString());
        Assert.Equal("waiting", answer.Json.GetProperty("state").GetString());
        Assert.Equal("deliveries/$deadletterqueue", answer.Json.GetProperty("queue").GetString());
        Assert.Equal("AttemptsExhausted", answer.Json.GetProperty("filter").GetProperty("reason").GetString());
        Assert.Equal(0, answer.Json.GetProperty("counts").GetProperty("taken").GetInt32());
    }

    [Theory]
    [InlineData("{}", """{"queue":"deliveries","to":"2026-04-15T09:30:00+00:00"}""")]
    [InlineData(
        """{"event":"visitor.checked_in","to":"2026-05-01T00:00:00+00:00"}""",
        """{"event":"visitor.checked_in","to":"2026-04-15T09:30:00+00:00","queue":"deliveries"}""")]
    [InlineData(
        """{"to":"2026-04-01T00:00:00+00:00"}""", """{"to":"2026-04-01T00:00:00+00:00","queue":"deliveries"}""")]
    [InlineData("""{"sequenceNumber":"7"}""", """{"sequenceNumber":"7"}""")]
    public async Task The_filter_of_a_job_can_be_sent_again_for_no_more_than_the_job_took(string asked, string shown)
    {
        var job = await _rig.StartAsync(arguments: asked);

        Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse(shown), (await GetAsync(job.Id)).Json.GetProperty("filter")));
    }

    [Theory]
    [InlineData("Discard")]
    [InlineData("Resume")]
    public async Task Of_what_is_parked_a_job_shows_what_was_asked_for(string kind)
    {
        var job = await _rig.StartAsync(Enum.Parse<JobKind>(kind), JobSource.Parked);

        Assert.Equal("{}", $"{(await GetAsync(job.Id)).Json.GetProperty("filter")}");
    }

    [Fact]
    public async Task Whom_an_erasure_concerns_is_not_shown()
    {
        var job = await _rig.StartAsync(JobKind.Erase, arguments: """{"hash":"abc"}""");

        Assert.DoesNotContain("abc", (await GetAsync(job.Id)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_page_by_page()
    {
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Insert(0, (await _rig.StartAsync()).Id);
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await ListAsync("?limit=3");
        var cursor = first.Json.GetProperty("nextCursor").GetString();
        var second = await ListAsync($"?limit=3&cursor={cursor}");

        Assert.Equal(ids[..3], Ids(first));
        Assert.Equal(ids[3..], Ids(second));
        Assert.Null(second.Json.GetProperty("nextCursor").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await ListAsync($"?cursor={cursor}", "globex")).Status);
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=101", "limit")]
    [InlineData("?cursor=x", "cursor")]
    public async Task What_is_wrong_with_a_query_is_named(string query, string parameter)
    {
        var answer = await ListAsync(query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal([parameter], answer.Pointers);
    }

    [Theory]
    [InlineData("Kind", "kind")]
    [InlineData("Source", "queue")]
    [InlineData("State", "state")]
    public async Task A_job_of_a_later_version_is_shown_as_far_as_it_is_known_and_its_row_keeps_what_is_not(
        string property, string field)
    {
        var (job, other) = (await _rig.StartAsync(), await _rig.StartAsync());
        var row = new TableEntity(job.Tenant, job.Id) { [property] = "FromTheFuture", ["Added"] = "later" };
        await _rig.Tables.Table("Jobs").UpdateEntityAsync(row, ETag.All, TableUpdateMode.Merge);

        var listed = await ListAsync("");
        var stopping = await StopAsync(job.Id);

        Assert.Equal(new[] { job.Id, other.Id }.Order(), Ids(listed).Order());
        Assert.Equal(
            (HttpStatusCode.Accepted, "unknown"), (stopping.Status, stopping.Json.GetProperty(field).GetString()));
        Assert.Equal(property == "Kind", stopping.Json.GetProperty("filter").ValueKind == JsonValueKind.Null);
        var kept = _rig.Tables.Table("Jobs").Rows.Single(
            stored => stored.PartitionKey == job.Tenant && stored.RowKey == job.Id);
        Assert.Equal(
            ("FromTheFuture", "later", true),
            (kept.GetString(property), kept.GetString("Added"), kept.GetBoolean("StopRequested")));
        await _rig.StartAsync();
    }

    [Fact]
    public async Task No_path_of_a_tenant_leads_to_another_tenants_jobs_or_to_the_apps_own()
    {
        var theirs = await _rig.StartAsync(tenant: "globex");
        var own = await _rig.StartAsync(tenant: JobTenant.System);

        Assert.Empty(Ids(await ListAsync("")));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(theirs.Id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await StopAsync(theirs.Id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(own.Id, JobTenant.System)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await StopAsync(own.Id, JobTenant.System)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await ListAsync("", JobTenant.System)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("@slots")).Status);
        Assert.False((await _rig.ReadAsync(theirs)).StopRequested);
        Assert.False((await _rig.ReadAsync(own)).StopRequested);
    }

    [Fact]
    public async Task A_job_is_stopped_before_its_next_step_and_one_that_has_ended_stays_as_it_is()
    {
        var job = await _rig.StartAsync();

        var asked = await StopAsync(job.Id);
        await _rig.RunAllAsync();
        var again = await StopAsync(job.Id);

        Assert.Equal(
            (HttpStatusCode.Accepted, true), (asked.Status, asked.Json.GetProperty("stopRequested").GetBoolean()));
        Assert.Equal((HttpStatusCode.OK, "stopped"), (again.Status, again.Json.GetProperty("state").GetString()));
    }

    static IEnumerable<string?> Ids(HttpAnswer answer) =>
        answer.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString());

    Task<HttpAnswer> GetAsync(string id, string tenant = Some.Tenant) =>
        AnswerAsync(
            $"/api/tenants/{tenant}/jobs/{id}",
            request => _rig.Get<GetJobFunction>().RunAsync(request, tenant, id, default));

    Task<HttpAnswer> ListAsync(string query, string tenant = Some.Tenant) =>
        AnswerAsync(
            $"/api/tenants/{tenant}/jobs{query}",
            request => _rig.Get<ListJobsFunction>().RunAsync(request, tenant, default));

    Task<HttpAnswer> StopAsync(string id, string tenant = Some.Tenant) =>
        AnswerAsync(
            $"/api/tenants/{tenant}/jobs/{id}/stop",
            request => _rig.Get<StopJobFunction>().RunAsync(request, tenant, id, default));

    static Task<HttpAnswer> AnswerAsync(string path, Func<HttpRequest, Task<IResult>> run)
    {
        var request = HttpCall.Of("GET", path);
        return HttpCall.AnswerAsync(request, run(request));
    }
}
