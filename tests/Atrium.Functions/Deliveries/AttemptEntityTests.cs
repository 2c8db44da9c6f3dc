using System.Text.Json;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class AttemptEntityTests
{
    const int BytesOfTransaction = 3 * 1024 * 1024;
    const int BytesOfRow = 1024 * 1024;
    const int BytesOfText = 64 * 1024;
    const int PropertiesOfRow = 252;

    // Part boundary, headers and URL of one insert in the transaction's MIME message, with a long account name.
    const int BytesAroundRow = 600;

    [Fact]
    public void A_record_comes_back_as_it_was()
    {
        var record = LongestRecord.Make();
        Assert.Equal(record, AttemptEntity.ToRecord(AttemptEntity.ToEntity(record, "row")));
    }

    [Fact]
    public void What_a_record_does_not_have_is_not_there_when_it_comes_back()
    {
        var record = Some.Record(AttemptOutcome.SubscriptionDeleted);
        var entity = AttemptEntity.ToEntity(record, "row");
        Assert.DoesNotContain(entity, property => property.Value is null);
        Assert.Equal(record, AttemptEntity.ToRecord(entity));
    }

    [Fact]
    public void The_row_lies_in_its_subscriptions_partition()
    {
        var entity = AttemptEntity.ToEntity(Some.Record(), "row");
        Assert.Equal(("acme|" + Some.SubscriptionId, "row"), (entity.PartitionKey, entity.RowKey));
    }

    // The emulator takes what Table Storage refuses, so these are held here.
    [Fact]
    public void The_longest_record_stays_within_a_rows_limits()
    {
        var entity = Longest();
        Assert.InRange(JsonSize(entity), 1, BytesOfRow);
        Assert.InRange(entity.Count, 1, PropertiesOfRow);
        Assert.All(
            entity.Select(property => property.Value).OfType<string>(),
            text => Assert.InRange(2 * text.Length, 0, BytesOfText));
    }

    [Fact]
    public void A_hundred_rows_of_the_longest_record_stay_within_a_transactions_limit() =>
        Assert.InRange(2 * AttemptBatcher.MaxAttempts * (JsonSize(Longest()) + BytesAroundRow), 1, BytesOfTransaction);

    [Fact]
    public void A_transaction_has_at_most_a_hundred_rows() => Assert.Equal(100, 2 * AttemptBatcher.MaxAttempts);

    static TableEntity Longest()
    {
        var record = LongestRecord.Make();
        return AttemptEntity.ToEntity(
            record, AttemptTable.ListRow(record.StartedAt, record.DeliveryId, record.Run, record.Attempt));
    }

    // As the client sends it: with a type beside each property that JSON does not know.
    static int JsonSize(TableEntity entity)
    {
        var sent = new Dictionary<string, object>(
            entity.Where(property => !property.Key.StartsWith("odata", StringComparison.Ordinal)));
        foreach (var name in sent.Where(property => property.Value is DateTimeOffset or double)
            .Select(property => property.Key).ToList())
        {
            sent[name + "@odata.type"] = "Edm.DateTime";
        }

        return JsonSerializer.SerializeToUtf8Bytes(sent).Length;
    }
}
