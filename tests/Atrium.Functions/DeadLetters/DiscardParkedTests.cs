using System.Net;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

public sealed class DiscardParkedTests : IDisposable
{
    readonly JobRig _rig = new();

    public void Dispose() => _rig.Dispose();

    FakeQueue Parked => _rig.Bus.Queue(Queues.Parked);

    [Fact]
    public async Task Only_the_tenants_messages_that_cannot_be_read_are_removed()
    {
        Parked.Put(DeliveryMessageWriter.WriteParked(Some.Delivery()));
        Parked.Put(Junk(Some.Tenant));
        Parked.Put(Junk("other"));
        _rig.Time.Advance(TimeSpan.FromSeconds(1));

        var answer = await DiscardAsync(Some.Tenant);
        await _rig.RunAllAsync();

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        var job = Assert.Single(await _rig.Jobs.ListAsync(Some.Tenant, null, 1000, default).ToListAsync());
        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Equal([1L, 3L], Parked.Messages.Select(message => message.SequenceNumber));
    }

    [Fact]
    public async Task What_can_be_read_is_not_even_received()
    {
        Parked.Put(DeliveryMessageWriter.WriteParked(Some.Delivery()));
        Parked.Put(Junk(Some.Tenant));
        await _rig.IndexAsync();
        var before = Parked.Messages[0].DeliveryCount;
        _rig.Time.Advance(TimeSpan.FromSeconds(1));

        await DiscardAsync(Some.Tenant);
        await _rig.RunAllAsync();

        Assert.Equal(before, Assert.Single(Parked.Messages).DeliveryCount);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a|b")]
    [InlineData(5)]
    public async Task What_names_no_tenant_is_the_default_tenants(object? tenant)
    {
        var junk = new ServiceBusMessage("?");
        if (tenant is not null)
        {
            junk.ApplicationProperties["tenant"] = tenant;
        }

        Parked.Put(junk);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await DiscardAsync(Some.Tenant);
        await _rig.RunAllAsync();
        Assert.Single(Parked.Messages);

        await DiscardAsync("default");
        await _rig.RunAllAsync();
        Assert.Empty(Parked.Messages);
    }

    [Fact]
    public async Task A_name_that_no_tenant_has_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await DiscardAsync("a|b")).Status);

    static ServiceBusMessage Junk(string tenant) =>
        new("?") { ApplicationProperties = { ["version"] = 1, ["tenant"] = tenant } };

    async Task<HttpAnswer> DiscardAsync(string tenant)
    {
        await _rig.IndexAsync();
        var request = HttpCall.Of("POST", $"/api/tenants/{tenant}/parked/discard");
        return await HttpCall.AnswerAsync(
            request, _rig.Get<DiscardParkedFunction>().RunAsync(request, tenant, default));
    }
}
