using System.Text;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class DeliveryMessageRoundTripTests
{
    static readonly DeliveryMessage Full = Some.Delivery() with
    {
        Run = 3,
        Attempt = 7,
        PutBack = 5,
        LastPutBackReason = PutBackReason.InstanceBusy,
        PutBacksInARow = 2,
        SlotPutBacks = 1,
        AcceptedAt = Some.Time.AddTicks(1_234_567),
        LivesFrom = Some.Time.AddDays(1),
        RunStartedAt = Some.Time.AddDays(2).AddTicks(7),
        DueAt = Some.Time.AddDays(2).AddMinutes(5),
        Unrecorded = Some.Record(
            AttemptOutcome.Retrying, run: 3, attempt: 7) with
        {
            Status = 503,
            ErrorClass = "http",
            ResponseExcerpt = "Störung \ud83d\ude00",
            TotalMs = 12.5,
            RunStartedAt = Some.Time.AddDays(2).AddTicks(7)
        },
    };

    [Fact]
    public void What_is_written_is_read_back()
    {
        var read = Read(Some.ReceivedLater(DeliveryMessageWriter.Write(Full, Some.Time)));
        Assert.Equal(Full with { Body = read.Body }, read);
        Assert.Equal(Full.Body.ToArray(), read.Body.ToArray());
    }

    [Fact]
    public void Without_an_unrecorded_outcome_there_is_none()
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        Assert.DoesNotContain(DeliveryProperties.Unrecorded, message.ApplicationProperties.Keys);
        Assert.Null(Read(Some.Received(message)).Unrecorded);
    }

    [Fact]
    public void The_envelope_names_the_delivery()
    {
        var message = DeliveryMessageWriter.Write(Full, Some.Time);
        Assert.Equal(Full.MessageId, message.MessageId);
        Assert.Equal(Some.DeliveryId, message.CorrelationId);
        Assert.Equal("visitor.pre_registered", message.Subject);
        Assert.Equal("application/json", message.ContentType);
    }

    [Fact]
    public void The_properties_have_the_names_that_those_of_messages_on_the_queue_already_have()
    {
        var message = DeliveryMessageWriter.Write(Full, Some.Time);
        Assert.Equal(
            ["acceptedAt", "attempt", "delivery", "dueAt", "event", "eventId", "livesFrom", "putBack",
                "putBackReason", "putBacksInARow", "refusals", "run", "runStartedAt", "subscription", "tenant",
                "unrecorded", "version"],
            message.ApplicationProperties.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1, message.ApplicationProperties["version"]);
        Assert.Equal("2026-04-15T09:30:00.1234567Z", message.ApplicationProperties["acceptedAt"]);
    }

    [Fact]
    public void A_message_of_an_earlier_version_may_not_say_why_it_was_put_back_nor_how_often()
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery() with { PutBack = 3 }, Some.Time);
        Assert.DoesNotContain("refusals", message.ApplicationProperties.Keys);
        Assert.DoesNotContain("putBackReason", message.ApplicationProperties.Keys);
        Assert.DoesNotContain("putBacksInARow", message.ApplicationProperties.Keys);
        var read = Read(Some.Received(message));
        Assert.Equal((3, "", 0, 0), (read.PutBack, read.LastPutBackReason, read.PutBacksInARow, read.SlotPutBacks));
    }

    [Theory]
    [InlineData(0, 14)]
    [InlineData(10, 4)]
    public void It_lives_for_what_is_left_of_fourteen_days_from_when_it_becomes_active(int inDays, int daysLeft) =>
        Assert.Equal(
            TimeSpan.FromDays(daysLeft),
            DeliveryMessageWriter.Write(Some.Delivery(), Some.Time.AddDays(inDays)).TimeToLive);

    [Fact]
    public void A_due_time_in_the_past_gives_no_longer_life() =>
        Assert.Equal(
            TimeSpan.FromDays(9), DeliveryMessageWriter.Write(Some.Delivery(), Some.Time.AddDays(5)).TimeToLive);

    [Fact]
    public void An_overdue_copy_expires_at_once_and_is_not_refused() =>
        Assert.Equal(
            TimeSpan.FromSeconds(1), DeliveryMessageWriter.Write(Some.Delivery(), Some.Time.AddDays(20)).TimeToLive);

    [Fact]
    public void The_longest_outcome_fits_into_a_property()
    {
        const int mostBytesOfOne = 32 * 1024;
        const int mostBytesOfAll = 64 * 1024;
        var message = DeliveryMessageWriter.Write(Full with { Unrecorded = LongestRecord.Make() }, Some.Time);
        Assert.InRange(
            Encoding.UTF8.GetByteCount((string)message.ApplicationProperties[DeliveryProperties.Unrecorded]), 1,
            mostBytesOfOne);
        Assert.InRange(
            message.ApplicationProperties.Sum(
            property => property.Key.Length + Encoding.UTF8.GetByteCount(property.Value.ToString()!)), 1,
            mostBytesOfAll);
    }

    static DeliveryMessage Read(ServiceBusReceivedMessage message) =>
        Assert.IsType<DeliveryMessage>(DeliveryMessageReader.Read(message).Message);
}
