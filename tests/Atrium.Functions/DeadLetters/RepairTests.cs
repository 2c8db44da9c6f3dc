using System.Net;
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
        Assert.Equal(("evt_1", "acme", 1), (read.EventId, read.Tenant, read.Replays));
        Assert.Equal(Some.Body.ToArray(), sent.Body.ToArray());
        Assert.Equal((JobKind.Discard, JobState.Succeeded, 1), (job.Kind, job.State, job.Counts.Taken));
        Assert.Equal("evt_2", Assert.Single(_api.DeadEvents.Messages).MessageId);
    }

    [Fact]
    public async Task Asked_for_twice_or_after_a_crash_before_the_discard_the_event_has_the_same_message_id()
    {
        _api.PutEvent("poison");
        _api.Rig.Messages.FailWith(new ServiceBusException(isTransient: true, "It is away."));

        await Assert.ThrowsAsync<ServiceBusException>(() => _api.ReplayOneAsync("visitor-events", 1, Some.Body));
        await _api.ReplayOneAsync("visitor-events", 1, Some.Body);
        await _api.ReplayOneAsync("visitor-events", 1, SampleEvents.CheckedIn);
        await _api.Rig.RunAllAsync();

        Assert.Equal(3, _api.Events.Sent.Count);
        Assert.Single(_api.Events.Sent.Select(message => message.MessageId).Distinct());
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
    public async Task An_envelope_that_cannot_be_read_gets_one_that_can()
    {
        var poison = DeadLetterApi.Poison("poison", "no tenant!", "evt_9");
        poison.ApplicationProperties["version"] = 99;
        _api.DeadEvents.Put(poison, Some.Time, "InvalidEvent");

        await _api.EndAsync(await _api.ReplayOneAsync("visitor-events", 1, Some.Body, "default"), "default");

        var (read, fault) = EventMessage.Read(
            Some.Received(Assert.Single(_api.Events.Sent), enqueuedAt: _api.Rig.Time.GetUtcNow()));
        Assert.Null(fault);
        Assert.Equal(("evt_9", "default", Some.Time), (read!.EventId, read.Tenant, read.AcceptedAt));
    }

    [Fact]
    public void A_replayed_event_that_is_put_back_or_fails_again_has_yet_other_ids()
    {
        var once = Some.Event().Replayed(Some.Time);
        string?[] ids =
        [
            Some.Event().Write(Some.Time).MessageId,
            Some.Event().Again().Write(Some.Time).MessageId,
            once.Write(Some.Time).MessageId,
            once.Again().Write(Some.Time).MessageId,
            once.Again().Replayed(Some.Time).Write(Some.Time).MessageId,
        ];

        Assert.Equal(ids.Length, ids.Distinct().Count());
        var (read, _) = EventMessage.Read(Some.Received(once.Again().Write(Some.Time.AddDays(1))));
        Assert.Equal(once.Again() with { Body = read!.Body }, read);
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
}
