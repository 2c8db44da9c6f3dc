using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.DeadLetters;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>A publisher may take an address for an event's id. No line, span or dead letter names it.</summary>
public sealed class LoggedIdTests
{
    const string Email = "jane.smith@example.com";

    // printf %s jane.smith@example.com | sha256sum | cut -c1-12
    const string Hash = "f2d1f1c853fd";

    [Theory]
    [InlineData("evt_0123456789abcdef0123456789abcdef", "evt_0123456789abcdef0123456789abcdef")]
    [InlineData("msg_1:2:3.4", "msg_1:2:3.4")]
    [InlineData("auth0|user-7~x/y+z", "auth0|user-7~x/y+z")]
    [InlineData("", "")]
    [InlineData(null, null)]
    [InlineData(Email, Hash)]
    public void A_plain_id_stays_and_an_address_is_hashed(string? id, string? shown) =>
        Assert.Equal(shown, LoggedId.Of(id));

    [Theory]
    [InlineData("jane.smith%40example.com")]
    [InlineData("jane.smith\uff20example.com")]
    [InlineData("Jane Smith")]
    [InlineData("a\nb")]
    [InlineData("jos\u00e9")]
    public void So_is_whatever_else_is_no_plain_id(string id) => Assert.Matches("^[0-9a-f]{12}$", LoggedId.Of(id));

    [Fact]
    public void So_is_what_is_longer_than_an_id_of_a_message() =>
        Assert.Matches("^[0-9a-f]{12}$", LoggedId.Of(new string('a', 129)));

    [Fact]
    public async Task An_event_whose_id_is_an_address_is_delivered_without_naming_it()
    {
        using var trace = new ListenedTrace();
        await using var pipeline = await Pipeline.StartAsync();
        pipeline.Rig.Receiver.AnswerWith(500);

        var delivery = (await pipeline.FanOutAsync(Event(SampleEvents.CheckedIn, trace.Parent)))!;
        for (var attempt = 0; attempt < 9; attempt++)
        {
            delivery = await pipeline.DeliverAsync(delivery);
        }

        await pipeline.Rig.RunAsync(Some.Received(delivery));
        await pipeline.Rig.UnsubscribeAsync();
        await pipeline.FanOutAsync(Event(SampleEvents.CheckedIn, trace.Parent));
        pipeline.Rig.Tables.Outage = Outages.Unavailable;
        await pipeline.FanOutAsync(Event(SampleEvents.CheckedIn, trace.Parent));
        pipeline.Rig.Tables.Outage = null;
        await pipeline.FanOutAsync(Event(BinaryData.FromString("{}"), trace.Parent));
        pipeline.FanOutActions.Fault = SettlementFaults.LockLost;
        await pipeline.FanOutAsync(Event(BinaryData.FromString("{}"), trace.Parent));

        AssertNames(Hash, pipeline.Rig.Logged.Lines);
        Assert.Contains(trace.Ended, span => Equals(span.GetTagItem("messaging.message.id"), Hash));
        Assert.Contains(trace.Ended, span => Equals(span.GetTagItem("webhook.event_id"), Hash));
        Assert.DoesNotContain(
            trace.Ended.SelectMany(
                span => span.TagObjects.Select(tag => $"{tag.Value}").Append(span.StatusDescription)),
            text => text?.Contains(Email, StringComparison.Ordinal) == true);
        Assert.NotEmpty(pipeline.Rig.Actions.DeadLettered);
        Assert.DoesNotContain(
            pipeline.Rig.Actions.DeadLettered.Concat(pipeline.FanOutActions.DeadLettered),
            letter => $"{letter.Reason} {letter.Description}".Contains(Email, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Its_erasure_does_not_name_it_either()
    {
        using var api = new DeadLetterApi();
        api.PutEvent("""{"visitor":{}}""", id: Email)
            .PutDelivery(change: delivery => delivery with { EventId = Email });

        var job = await api.EndAsync(await api.EraseAsync(new { email = Email }));

        Assert.Equal(2, job.Counts.Taken);
        Assert.Equal(2, api.Discarded.Count);
        Assert.All(api.Discarded, line => Assert.Contains($"event {Hash}", line, StringComparison.Ordinal));
        AssertNames(Hash, api.Rig.Logged.Lines);
    }

    [Fact]
    public async Task Nor_does_an_error_about_a_message_that_is_too_large()
    {
        await using var rig = new AppRig();
        var sender = rig.Bus.Sender(Queues.VisitorEvents);
        sender.MostInBatch = 0;

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => rig.Get<PatientSender>().SendAllAsync(
            sender, [new ServiceBusMessage { MessageId = Email }], default));

        Assert.Contains(Hash, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Email, error.Message, StringComparison.Ordinal);
    }

    static ServiceBusMessage Event(BinaryData body, string trace) => new(body)
    {
        MessageId = Email,
        ApplicationProperties = { ["tenant"] = Some.Tenant, ["traceparent"] = trace },
    };

    static void AssertNames(string hash, IReadOnlyList<string> lines)
    {
        Assert.Contains(lines, line => line.Contains(hash, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(Email, StringComparison.OrdinalIgnoreCase));
    }
}
