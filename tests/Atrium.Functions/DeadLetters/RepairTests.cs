using System.Net;
using Atrium.Functions.Contract;
using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

public sealed class RepairTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_repaired_event_goes_out_under_the_poison_ones_id_and_the_poison_one_is_discarded()
    {
        _api.PutEvent("poison", id: "evt_1").PutEvent("other poison", id: "evt_2");

        var job = await _api.EndAsync(await _api.ReplayOneAsync("visitor-events", 1, Some.Body));

        var sent = Assert.Single(_api.Events.Sent);
        var read = EventMessage.Read(Some.Received(sent, enqueuedAt: _api.Rig.Time.GetUtcNow())).Message!;
        Assert.Equal(
            ("evt_1", "acme", 1, Some.Time), (read.EventId, read.Tenant, read.Replays, read.AcceptedAt));
        Assert.Equal(Some.Body.ToArray(), sent.Body.ToArray());
        Assert.Equal((JobKind.Discard, JobState.Succeeded, 1), (job.Kind, job.State, job.Counts.Taken));
        Assert.Equal("evt_2", Assert.Single(_api.DeadEvents.Messages).MessageId);
    }

    [Theory]
    [InlineData("tenant", "acme ")]
    [InlineData("tenant", 7)]
    [InlineData("tenantId", "acme")]
    public async Task An_event_whose_tenant_nobody_can_tell_is_not_sent_to_the_default_tenant(
        string name, object tenant)
    {
        var poison = DeadLetterApi.Poison("poison", tenant: null);
        poison.ApplicationProperties[name] = tenant;
        _api.DeadEvents.Put(poison, Some.Time, "InvalidEvent", "It is no event.");

        var answer = await _api.ReplayOneAsync("visitor-events", 1, Some.Body, TenantId.Default);

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("'tenant'", answer.Text, StringComparison.Ordinal);
        Assert.Empty(_api.Events.Sent);
    }

    [Fact]
    public async Task The_same_event_again_is_answered_and_sent_once()
    {
        _api.PutEvent("poison");
        _api.Rig.Messages.FailWith(new ServiceBusException(isTransient: true, "It is away."));

        await Assert.ThrowsAsync<ServiceBusException>(() => RepairAsync(Some.Body));
        await RepairAsync(Some.Body);
        var last = await RepairAsync(Some.Body);
        await _api.EndAsync(last);

        Assert.Single(_api.Events.Sent);
        Assert.Empty(_api.DeadEvents.Messages);
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.Conflict)]
    [InlineData("k", "other", HttpStatusCode.Conflict)]
    [InlineData("k", null, HttpStatusCode.Conflict)]
    [InlineData("k", "k", HttpStatusCode.UnprocessableEntity)]
    public async Task Another_event_is_refused_while_the_first_waits_for_its_discard(
        string? key, string? otherKey, HttpStatusCode refusal)
    {
        _api.PutEvent("poison");

        var first = await RepairAsync(Some.Body, key);
        var other = await RepairAsync(SampleEvents.CheckedIn, otherKey);

        Assert.Equal(refusal, other.Status);
        Assert.Equal(JobState.Succeeded, (await _api.EndAsync(first)).State);
        AssertSent(Some.Body);
        Assert.Single(await _api.Rig.Jobs.ListAsync(Some.Tenant, null, 10, default).ToListAsync());
    }

    [Fact]
    public async Task Another_event_is_refused_though_the_first_ones_discard_was_stopped()
    {
        _api.PutEvent("poison");
        var first = await _api.Rig.Jobs.FindAsync(
            Some.Tenant, (await RepairAsync(Some.Body)).Json.GetProperty("id").GetString()!, default);
        await _api.Rig.Jobs.ChangeAsync(first!, job => job with { StopRequested = true }, default);
        await _api.Rig.RunAllAsync();

        var other = await RepairAsync(SampleEvents.CheckedIn);
        await _api.EndAsync(await RepairAsync(Some.Body));

        Assert.Equal(HttpStatusCode.Conflict, other.Status);
        Assert.Contains("discard the letter", other.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        AssertSent(Some.Body);
        Assert.Empty(_api.DeadEvents.Messages);
    }

    public static TheoryData<string?, string, HttpStatusCode> AtOnce => new()
    {
        // Who is held has no row of a job yet; then its job, but no event.
        { "k", "transaction", HttpStatusCode.UnprocessableEntity },
        { "k", "add", HttpStatusCode.UnprocessableEntity },
        { null, "transaction", HttpStatusCode.Conflict },
        { null, "add", HttpStatusCode.Conflict },
    };

    [Theory]
    [MemberData(nameof(AtOnce))]
    public async Task Of_two_events_at_once_the_one_that_is_accepted_is_sent(
        string? key, string heldAt, HttpStatusCode refusal)
    {
        _api.PutEvent("poison");
        _api.Rig.Tables.Table(EventKeys.Weeks.Name(_api.Rig.Time.GetUtcNow())).Exists = true;
        using var hold = new Hold(_api.Rig.Tables, heldAt);

        var held = RepairAsync(Some.Body, key);
        await hold.Reached;
        hold.LetPass();
        var passing = await RepairAsync(SampleEvents.CheckedIn, key);
        hold.Release();

        var accepted = (await held).Status == HttpStatusCode.Accepted ? await held : passing;
        Assert.Equal(
            [HttpStatusCode.Accepted, refusal], new[] { await held, passing }.Select(answer => answer.Status).Order());
        AssertSent(accepted == passing ? SampleEvents.CheckedIn : Some.Body);
        Assert.Equal(JobState.Succeeded, (await _api.EndAsync(accepted)).State);
        Assert.Empty(_api.DeadEvents.Messages);
    }

    [Theory]
    [InlineData("k", false)]
    [InlineData("k", true)]
    [InlineData(null, false)]
    [InlineData(null, true)]
    public async Task What_a_crash_at_the_send_left_half_done_is_completed_when_it_is_asked_for_again(
        string? key, bool wasSent)
    {
        _api.PutEvent("poison");
        Action<Exception[]> crash = wasSent ? _api.Events.LoseAnswersWith : _api.Events.FailWith;
        crash([new InvalidOperationException("The process dies.")]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RepairAsync(Some.Body, key));
        Assert.False(_api.Rig.HasMore);

        var job = await _api.EndAsync(await RepairAsync(Some.Body, key));

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Single(_api.Events.Sent.Select(message => message.MessageId).Distinct());
        Assert.All(_api.Events.Sent, message => Assert.Equal(Some.Body.ToArray(), message.Body.ToArray()));
    }

    [Theory]
    [InlineData("update", 1)]
    [InlineData("update", 2)]
    [InlineData("add", 1)]
    public async Task What_an_outage_of_the_table_left_half_done_is_completed_when_it_is_asked_for_again(
        string call, int which)
    {
        _api.PutEvent("poison");
        await _api.Rig.IndexAsync();
        var calls = 0;
        _api.Rig.Tables.Before = name =>
            name == call && ++calls == which ? throw Outages.Unavailable() : Task.CompletedTask;
        await Record.ExceptionAsync(() => RepairAsync(Some.Body, "k"));
        _api.Rig.Tables.Before = _ => Task.CompletedTask;

        var job = await _api.EndAsync(await RepairAsync(Some.Body, "k"));

        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Single(_api.Events.Sent.Select(message => message.MessageId).Distinct());
    }

    [Fact]
    public async Task A_repair_that_nobody_completes_discards_nothing_and_frees_its_key()
    {
        _api.PutEvent("poison");
        _api.Events.FailWith(new InvalidOperationException("The process dies."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => RepairAsync(Some.Body, "k"));

        _api.Rig.Time.Advance(JobWatch.Silence);
        await _api.Rig.Get<JobWatch>().RunAsync(default);
        await _api.Rig.RunAllAsync();

        Assert.Single(_api.DeadEvents.Messages);
        Assert.Empty(await _api.Rig.Jobs.ListAsync(Some.Tenant, null, 10, default).ToListAsync());
        await _api.EndAsync(await RepairAsync(Some.Body, "k"));
        AssertSent(Some.Body);
        Assert.Empty(_api.DeadEvents.Messages);
    }

    [Fact]
    public async Task Under_a_key_it_is_sent_once_and_the_answer_is_there_when_the_poison_one_is_gone()
    {
        _api.PutEvent("poison");

        var first = await _api.ReplayOneAsync("visitor-events", 1, Some.Body, key: "k");
        await _api.EndAsync(first);
        var again = await _api.ReplayOneAsync("visitor-events", 1, Some.Body, key: "k");
        var other = await _api.ReplayOneAsync("visitor-events", 1, SampleEvents.CheckedIn, key: "k");

        Assert.Equal(first.Json.GetProperty("id").GetString(), again.Json.GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Single(_api.Events.Sent);
    }

    [Fact]
    public async Task A_letter_that_is_an_event_is_not_repaired_since_a_replay_may_have_sent_it_under_the_same_ids()
    {
        _api.PutEvent(Some.Body.ToString());
        var replay = await _api.ReplayOneAsync("visitor-events", 1);
        _api.DeadEvents.Fault = call =>
            call == "complete" ? new ServiceBusException("Busy.", ServiceBusFailureReason.ServiceBusy) : null;
        await _api.Rig.RunNextAsync();
        _api.DeadEvents.Fault = _ => null;
        AssertSent(Some.Body);

        var repair = await RepairAsync(SampleEvents.CheckedIn);

        Assert.Equal(
            (HttpStatusCode.Conflict, "not_repairable"),
            (repair.Status, repair.Json.GetProperty("code").GetString()));
        var job = await _api.EndAsync(replay);
        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
    }

    [Fact]
    public async Task An_envelope_that_cannot_be_read_gets_one_that_can()
    {
        var poison = DeadLetterApi.Poison("poison", id: "evt_9");
        poison.ApplicationProperties["version"] = 99;
        _api.DeadEvents.Put(poison, Some.Time, "InvalidEvent");

        await _api.EndAsync(await _api.ReplayOneAsync("visitor-events", 1, Some.Body));

        var (read, fault) = EventMessage.Read(
            Some.Received(Assert.Single(_api.Events.Sent), enqueuedAt: _api.Rig.Time.GetUtcNow()));
        Assert.Null(fault);
        Assert.Equal(("evt_9", Some.Tenant, Some.Time), (read!.EventId, read.Tenant, read.AcceptedAt));
    }

    [Fact]
    public void A_replayed_event_that_is_put_back_or_fails_again_has_yet_other_ids()
    {
        var once = Some.Event().Replayed(Some.Time);
        string?[] ids =
        [
            Some.Event().Write(Some.Time).MessageId,
            Some.Event().WithPutBack().Write(Some.Time).MessageId,
            once.Write(Some.Time).MessageId,
            once.WithPutBack().Write(Some.Time).MessageId,
            once.WithPutBack().Replayed(Some.Time).Write(Some.Time).MessageId,
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        var (read, _) = EventMessage.Read(Some.Received(once.WithPutBack().Write(Some.Time.AddDays(1))));
        Assert.Equal(once.WithPutBack() with { Body = read!.Body }, read);
    }

    [Fact]
    public async Task What_is_no_event_is_refused_with_what_is_wrong_and_nothing_is_sent()
    {
        _api.PutEvent("poison");

        var broken = await _api.ReplayOneAsync(
            "visitor-events", 1, BinaryData.FromString("""{"event":"visitor.checked_in"}"""));
        var large = await _api.ReplayOneAsync(
            "visitor-events", 1, BinaryData.FromBytes(new byte[EventReader.MaxBytes + 1]));
        var missing = await _api.ReplayOneAsync("visitor-events", 2, Some.Body);
        var theirs = await _api.ReplayOneAsync("visitor-events", 1, Some.Body, "globex");
        var unknownKey = await _api.ReplayOneAsync("visitor-events", 2, Some.Body, key: "k");

        Assert.Equal(HttpStatusCode.BadRequest, broken.Status);
        Assert.Contains(
            broken.Json.GetProperty("errors").EnumerateArray(),
            error => error.GetProperty("pointer").GetString() == "/visitor");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.Status);
        Assert.Equal(
            [HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            new[] { missing, theirs, unknownKey }.Select(answer => answer.Status));
        Assert.Empty(_api.Events.Sent);
        Assert.False(_api.Rig.HasMore);
    }
    Task<HttpAnswer> RepairAsync(BinaryData body, string? key = null) =>
        _api.ReplayOneAsync("visitor-events", 1, body, key: key);

    void AssertSent(BinaryData body) =>
        Assert.Equal(body.ToArray(), Assert.Single(_api.Events.Sent).Body.ToArray());
}
