namespace Azure.Messaging.ServiceBus.Tests.Messages;

public sealed class MessageBatchTests
{
    [Fact]
    public void Its_size_is_what_will_be_sent()
    {
        var content = new EncodedBatch(1024 * 1024, TimeProvider.System);
        var batch = new ServiceBusMessageBatch(content);
        foreach (var length in new[] { 0, 10, 250, 251, 300, 70_000 })
        {
            Assert.True(batch.TryAddMessage(new ServiceBusMessage(new byte[length]) { MessageId = $"{length}", PartitionKey = "key" }));
            Assert.Equal(content.ToAmqp().Encode().Length, batch.SizeInBytes);
        }

        Assert.Equal(6, batch.Count);
    }

    [Fact]
    public void A_message_that_does_not_fit_stays_out()
    {
        var batch = new ServiceBusMessageBatch(new EncodedBatch(1000, TimeProvider.System));
        Assert.True(batch.TryAddMessage(new ServiceBusMessage(new byte[500])));
        var size = batch.SizeInBytes;
        Assert.False(batch.TryAddMessage(new ServiceBusMessage(new byte[500])));
        Assert.Equal((1, size, 1000), (batch.Count, batch.SizeInBytes, batch.MaxSizeInBytes));
        Assert.True(batch.TryAddMessage(new ServiceBusMessage(new byte[100])));
    }

    [Fact]
    public void While_it_is_being_sent_it_is_left_alone()
    {
        var batch = new ServiceBusMessageBatch(new EncodedBatch(1000, TimeProvider.System));
        batch.StartSending();
        Assert.Throws<InvalidOperationException>(() => batch.TryAddMessage(new ServiceBusMessage()));
        Assert.Throws<InvalidOperationException>(batch.Dispose);
        batch.EndSending();
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.TryAddMessage(new ServiceBusMessage()));
    }

    [Fact]
    public void A_batch_made_by_a_test_shows_the_test_what_was_added()
    {
        List<ServiceBusMessage> store = [];
        var batch = ServiceBusModelFactory.ServiceBusMessageBatch(500, store, new CreateMessageBatchOptions { MaxSizeInBytes = 1000 }, message => message.Subject != "large");
        Assert.True(batch.TryAddMessage(new ServiceBusMessage { Subject = "small" }));
        Assert.False(batch.TryAddMessage(new ServiceBusMessage { Subject = "large" }));
        Assert.Equal(("small", 1, 500L, 1000L), (Assert.Single(store).Subject, batch.Count, batch.SizeInBytes, batch.MaxSizeInBytes));
    }

    [Fact]
    public void A_limit_that_no_message_fits_in_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CreateMessageBatchOptions { MaxSizeInBytes = 23 });
}
