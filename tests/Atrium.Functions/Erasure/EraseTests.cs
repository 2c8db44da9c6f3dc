using System.Net;
using System.Text;
using System.Text.Json;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Erasure;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Storage;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.DeadLetters;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Erasure;

public sealed class EraseTests : IDisposable
{
    const string Email = "jane.smith@example.com";

    readonly DeadLetterApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Everything_that_concerns_a_visitor_goes_from_all_dead_letter_queues_and_from_what_is_parked()
    {
        Put(_api.DeadDeliveries, Email);
        Put(_api.DeadDeliveries, "john@example.com");
        Put(_api.DeadParked, Email);
        Put(_api.Parked, Email);
        Put(_api.Parked, "john@example.com");
        _api.PutEvent($$$"""{"event":"visitor.left","visitor":{"email":"{{{Email}}}"}}""")
            .PutEvent("""{"visitor":{"email":"john@example.com"}}""");

        var job = await _api.EndAsync(await _api.EraseAsync(new { email = "  Jane.Smith@Example.COM " }));

        Assert.Equal((JobState.Succeeded, 4, 7), (job.State, job.Counts.Taken, job.Counts.Examined));
        Assert.Single(_api.DeadDeliveries.Messages);
        Assert.Single(_api.DeadEvents.Messages);
        Assert.Single(_api.Parked.Messages);
        Assert.Empty(_api.DeadParked.Messages);
        Assert.Empty(_api.Deliveries.Sent);
        Assert.Equal(4, _api.Discarded.Count);
    }

    [Theory]
    [InlineData("""{"visitor":{"email":" JANE.Smith@example.com "}}""")]
    [InlineData("""{"visitor":{"email":"jane.smith\u0040example.com"}}""")]
    [InlineData("""{"visit":{"purpose":"Call jane.smith@example.com, please."}}""")]
    [InlineData("""{"a":[[{"b":["mailto:jane.smith@example.com"]}]]}""")]
    [InlineData("""{"jane.smith@example.com":1}""")]
    [InlineData("""{"event":"visitor.checked_in","visitor":{"email":"jane.smith@example.com","first_na """)]
    [InlineData("""{"visitor":{"email":"jane.smith\u0040example.com", """)]
    [InlineData("email=jane.smith%40example.com&x=1")]
    [InlineData("<email>jane.smith@example.com</email>")]
    [InlineData("From: Jane <jane.smith@example.com>.")]
    public async Task It_is_found_wherever_in_a_body_it_stands(string body)
    {
        _api.PutEvent(body);

        await _api.EndAsync(await _api.EraseAsync(new { email = Email }));

        Assert.Empty(_api.DeadEvents.Messages);
    }

    [Theory]
    [InlineData("""{"visitor":{"email":"xjane.smith@example.com"}}""")]
    [InlineData("""{"visitor":{"email":"jane.smith@example.com.au"}}""")]
    [InlineData("""{"visitor":{"first_name":"Jane"}}""")]
    [InlineData("jane.smith at example.com")]
    [InlineData("")]
    public async Task What_is_somebody_elses_stays(string body)
    {
        _api.PutEvent(body);

        var job = await _api.EndAsync(await _api.EraseAsync(new { email = Email }));

        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Single(_api.DeadEvents.Messages);
    }

    [Fact]
    public async Task What_another_run_was_indexing_just_then_is_found_too()
    {
        Put(_api.DeadDeliveries, Email);
        // Locked, and without a row: as by a run that died, or waits for its credits.
        _api.DeadDeliveries.LockAll();
        var answer = await _api.EraseAsync(new { email = Email });

        var job = await _api.EndAsync(answer);

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Empty(_api.DeadDeliveries.Messages);
    }

    [Theory]
    [InlineData(JobKind.Erase)]
    [InlineData(JobKind.Discard)]
    [InlineData(JobKind.Replay)]
    internal async Task While_the_index_is_made_again_a_job_waits_and_misses_nothing(JobKind kind)
    {
        await _api.Rig.Get<SubscriptionStore>().AddAsync(Some.Subscription(), default);
        Put(_api.DeadDeliveries, Email);
        await _api.Rig.IndexAsync();
        _api.Rig.Tables.Table(DeadLetterIndex.TableName).Drop();

        var job = kind == JobKind.Erase
            ? await _api.Rig.StartAsync(kind, EraseWork.First, ErasureSubject.Of(Email).Write())
            : await _api.Rig.StartAsync(kind);
        for (var steps = 0; steps < 5; steps++)
        {
            await _api.Rig.RunNextAsync();
        }

        await _api.Rig.IndexAsync();
        await _api.Rig.RunAllAsync();

        var ended = await _api.Rig.ReadAsync(job);
        Assert.Equal((JobState.Succeeded, 1), (ended.State, ended.Counts.Taken));
        Assert.Empty(_api.DeadDeliveries.Messages);
    }

    // A replay takes the oldest first, and so has read all rows before it begins.
    [Theory]
    [InlineData(JobKind.Erase)]
    [InlineData(JobKind.Discard)]
    internal async Task A_job_whose_index_is_lost_after_its_first_page_looks_at_all_once_it_is_made_again(JobKind kind)
    {
        const int count = DeadLetterIndex.BatchSize + 1;
        for (var i = 0; i < count; i++)
        {
            Put(_api.DeadDeliveries, Email);
        }

        await _api.Rig.IndexAsync();
        var job = kind == JobKind.Erase
            ? await _api.Rig.StartAsync(kind, EraseWork.First, ErasureSubject.Of(Email).Write())
            : await _api.Rig.StartAsync(kind);
        _api.DeadDeliveries.Fault = call =>
        {
            if (call == "complete")
            {
                _api.Rig.Tables.Table(DeadLetterIndex.TableName).Drop();
            }

            return null;
        };
        for (var steps = 0; steps < 5; steps++)
        {
            await _api.Rig.RunNextAsync();
        }

        _api.DeadDeliveries.Fault = _ => null;
        await _api.Rig.IndexAsync();
        await _api.Rig.RunAllAsync();

        var ended = await _api.Rig.ReadAsync(job);
        Assert.Equal((JobState.Succeeded, count), (ended.State, ended.Counts.Taken));
        Assert.Empty(_api.DeadDeliveries.Messages);
    }

    [Fact]
    public async Task An_index_that_was_lost_and_made_again_during_a_job_is_gone_through_once_more()
    {
        const int count = DeadLetterIndex.BatchSize + 1;
        for (var i = 0; i < count; i++)
        {
            Put(_api.DeadDeliveries, Email);
        }

        await _api.Rig.IndexAsync();
        var asked = await _api.EraseAsync(new { email = Email });
        var isLost = false;
        _api.DeadDeliveries.BeforeReceiveDeferred = async _ =>
        {
            if (!isLost)
            {
                isLost = true;
                _api.Rig.Tables.Table(DeadLetterIndex.TableName).Drop();
                // It says that it is whole before the job looks again, and had few rows when the job did.
                await new TableGateway(_api.Rig.Tables, DeadLetterIndex.TableName).TryAddAsync(
                    (IndexState.Begin(JobSource.DeliveriesDeadLetters) with { IsWalked = true }).ToEntity("@index"),
                    default);
            }
        };
        while (!isLost)
        {
            await _api.Rig.RunNextAsync();
        }

        await _api.Rig.Get<IndexRebuild>().RunAsync(default);
        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, count), (job.State, job.Counts.Taken));
        Assert.Empty(_api.DeadDeliveries.Messages);
    }

    [Fact]
    public async Task What_was_looked_at_is_told_though_nothing_was_taken_and_of_the_tenants_own_only()
    {
        Put(_api.DeadDeliveries, "john@example.com");
        Put(_api.Parked, "john@example.com");
        _api.PutEvent("{}").PutEvent("{}", tenant: "globex");

        var answer = await _api.EraseAsync(new { email = Email });
        var job = await _api.EndAsync(answer);

        Assert.Equal((0, 3), (job.Counts.Taken, job.Counts.Examined));
        Assert.Equal(0, answer.Json.GetProperty("counts").GetProperty("examined").GetInt32());
        Assert.False(answer.Json.GetProperty("counts").TryGetProperty("staying", out _));
    }

    [Fact]
    public async Task What_the_receiver_answered_about_it_counts_too_and_bytes_that_are_no_text_do_no_harm()
    {
        var answered = DeadLetterApi.Failed(
            1, delivery =>
            delivery with
            {
                Body = BinaryData.FromString("{}"),
                Unrecorded = Some.Record() with { ResponseExcerpt = $"No such person: {Email}" }
            });
        _api.Parked.Put(answered, Some.Time);
        _api.DeadEvents.Put(
            new ServiceBusMessage(
            BinaryData.FromBytes(
            [.. Encoding.UTF8.GetBytes(Email), 0xFF, 0xFE]))
            { ApplicationProperties = { ["tenant"] = "acme" } },
            Some.Time);
        _api.DeadEvents.Put(
            new ServiceBusMessage(
            BinaryData.FromBytes([0xFF, 0xFE, 0x00]))
            { ApplicationProperties = { ["tenant"] = "acme" } }, Some.Time);
        _api.PutEvent("""{"visitor":{"email":"\ud800@x"}}""");

        var job = await _api.EndAsync(await _api.EraseAsync(new { email = Email }));

        Assert.Equal((JobState.Succeeded, 2, 4), (job.State, job.Counts.Taken, job.Counts.Examined));
        Assert.Empty(_api.Parked.Messages);
    }

    [Fact]
    public async Task The_address_stands_nowhere_in_what_is_kept_shown_sent_or_logged()
    {
        Put(_api.DeadDeliveries, Email);

        var answer = await _api.EraseAsync(new { email = Email }, key: "k");
        await _api.EndAsync(answer);

        var kept = string.Join(
            '\n', _api.Rig.Tables.Table("Jobs").Rows.SelectMany(
            row => row.Select(field => $"{field.Key}={field.Value}")));
        var sent = string.Join(
            '\n', _api.Rig.Messages.Sent.Select(
            message => $"{message.MessageId} {message.Body} {string.Join(';', message.ApplicationProperties)}"));
        Assert.DoesNotContain(
            "jane", kept + sent + answer.Text + string.Join('\n', _api.Discarded),
            StringComparison.OrdinalIgnoreCase);
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("filter").ValueKind);
    }

    [Theory]
    [InlineData("7d1f6e0a-3f8e-4a53-9a7c-0f0f3a2f9d11")]
    [InlineData(null)]
    public async Task Once_it_has_ended_nothing_is_kept_that_tells_by_trial_whom_it_concerned(string? key)
    {
        var erasure = ErasureSubject.Of(Email);
        var answer = await _api.EraseAsync(new { email = Email }, key: key);
        Assert.Contains(erasure.EmailHash, Kept(), StringComparison.Ordinal);

        await _api.EndAsync(answer);

        Assert.DoesNotContain(erasure.EmailHash, Kept(), StringComparison.Ordinal);
        foreach (var parts in new string[][] { ["Erase", $"{EraseWork.First}", erasure.Write()],
            ["Erase", $"{EraseWork.First}", erasure.Write(), ""] })
        {
            Assert.DoesNotContain(StableHash.Of(parts), Kept(), StringComparison.Ordinal);
        }

        if (key is not null)
        {
            // Asked again, it is still known for the same.
            Assert.Equal(
                answer.Json.GetProperty("id").GetString(),
                (await _api.EraseAsync(new { email = Email }, key: key)).Json.GetProperty("id").GetString());
            Assert.Equal(
                HttpStatusCode.UnprocessableEntity,
                (await _api.EraseAsync(new { email = "john@example.com" }, key: key)).Status);
        }

        string Kept() =>
            string.Join(
            '\n', _api.Rig.Tables.Table("Jobs").Rows.SelectMany(
            row => row.Select(field => $"{field.Key}={field.Value}")));
    }

    [Fact]
    public async Task Another_tenants_messages_stay_whomever_they_concern()
    {
        _api.PutDelivery(1, delivery => delivery with { Tenant = "globex" });
        _api.Parked.Put(DeadLetterApi.Failed(2, delivery => delivery with { Tenant = "globex" }), Some.Time);

        await _api.EndAsync(await _api.EraseAsync(new { email = Email }));

        Assert.Single(_api.DeadDeliveries.Messages);
        Assert.Single(_api.Parked.Messages);
        Assert.Equal(
            HttpStatusCode.BadRequest, (await _api.EraseAsync(new { email = Email }, JobTenant.System)).Status);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"email":""}""")]
    [InlineData("""{"email":"@"}""")]
    [InlineData("""{"email":"jane"}""")]
    [InlineData("""{"email":"jane@"}""")]
    [InlineData("""{"email":1}""")]
    [InlineData("""{"email":"\u200b@\u200b"}""")]
    [InlineData("""{"email":"jane@."}""")]
    public async Task What_is_no_address_is_refused(string request)
    {
        var answer = await _api.EraseAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(
            "/email",
            Assert.Single(answer.Json.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
    }

    static void Put(FakeQueue queue, string email)
    {
        var body = SampleEvents.Changed("visitor.checked_in", sample => sample["visitor"]!["email"] = email);
        queue.Put(
            DeadLetterApi.Failed(1, delivery => delivery with { Body = body }), Some.Time,
            DeadLetterReason.AttemptsExhausted);
    }
}
