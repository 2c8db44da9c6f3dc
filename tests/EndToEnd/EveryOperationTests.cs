namespace Atrium.EndToEnd;

[Collection(nameof(BriskApp))]
public sealed class EveryOperationTests(BriskApp started)
{
    // A job that ends before it can be stopped is asked for again.
    const int MaxJobs = 15;

    [Fact]
    public async Task Every_operation_of_the_document_is_called_and_answers_with_each_success_that_it_documents()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var app = started.Share();
        var things = new TenantsThings { Tenant = app.Tenant, Url = receiver.Url };

        await app.DoAsync("TestWebhook", things);
        things =
            things with
            {
                SubscriptionId = (await app.DoAsync("CreateSubscription", things)).GetProperty("id")
            .GetString()!
            };
        foreach (var operation in new[] { "ListSubscriptions", "GetSubscription", "ReplaceSubscription",
            "PatchSubscription", "RotateSecret", "TestSubscription", "Verify", "Explain", "ListEvents", "GetOverview" })
        {
            await app.DoAsync(operation, things);
        }

        await app.DoAsync("PutNotices", things with { IfMatch = null });
        foreach (var operation in new[] { "PutNotices", "GetNotices", "TestNotices", "DeleteNotices" })
        {
            await app.DoAsync(operation, things);
        }

        things = things with { DeliveryId = await DeliverAsync(app, receiver, things) };
        foreach (var operation in new[] { "ListAttempts", "GetDelivery", "PauseSubscription", "GetParked" })
        {
            await app.DoAsync(operation, things);
        }

        things =
            things with
            {
                JobId = (await app.EndedAsync(app.Tenant, await app.DoAsync("ResumeSubscription", things)))
            .GetProperty("id").GetString()!
            };
        await app.EndedAsync(app.Tenant, await app.DoAsync("DiscardParked", things));
        await app.DoAsync("GetJob", things);
        await app.DoAsync("ListJobs", things);

        foreach (var operation in new[] { "ReplayDeadLetter", "DiscardDeadLetter", "ReplayDeadLetters",
            "DiscardDeadLetters", "EraseVisitor" })
        {
            things =
                things with { Queue = "deliveries", SequenceNumber = await app.PoisonAsync(app.Tenant, "deliveries") };
            await app.DoAsync("ListDeadLetters", things);
            await app.DoAsync("CountDeadLetters", things);
            await app.DoAsync("GroupDeadLetters", things);
            await app.DoAsync("GetDeadLetter", things);
            await app.EndedAsync(app.Tenant, await app.DoAsync(operation, things));
        }

        await StopAsync(app, things);
        await app.DoAsync("StopJob", things);

        Assert.Equal(
            20, (await app.DoAsync("GetLimits", things)).GetProperty("subscriptions").GetProperty("maxPerTenant")
            .GetInt32());
        Assert.StartsWith(
            "3.1.", (await app.DoAsync("GetOpenApi", things)).GetProperty("openapi").GetString(),
            StringComparison.Ordinal);
        await app.HealthyAsync();
        await app.DoAsync("GetLive", things);
        var session = await app.DoAsync("MakePortalSession", things);
        things = things with { PortalToken = session.GetProperty("token").GetString()! };
        Assert.Equal(
            app.Tenant, (await app.DoAsync("GetPortalSession", things)).GetProperty("tenant").GetString());
        await app.DoAsync("GetPortalOpenApi", things);
        await app.DoAsync("ExpirePortalSessions", things);
        await app.DoAsync("RemoveSecret", things);
        await app.DoAsync("DeleteSubscription", things);

        // What it needs is not there locally; RestoreTests has it on Azurite's blobs.
        Assert.Empty(
            ApiContract.OfTheApp.Operations.Where(operation => operation.Id != "RestoreSubscriptions").SelectMany(
            operation => operation.Successes.Select(status => (operation.Id, status))).Except(app.Contract.Seen));
    }

    static async Task<string> DeliverAsync(RunningApp app, Receiver receiver, TenantsThings things)
    {
        await app.DoAsync("Ingest", things);
        await receiver.UntilAsync(all => all.Any(request => request.Id.StartsWith("msg_", StringComparison.Ordinal)));
        var id = receiver.All.Single(request => request.Id.StartsWith("msg_", StringComparison.Ordinal)).Id;
        await app.RecordedAsync(things.SubscriptionId, 1, things.Tenant);
        return id;
    }

    static async Task StopAsync(RunningApp app, TenantsThings things)
    {
        for (var jobs = 1; ; jobs++)
        {
            var job = (await app.DoAsync("EraseVisitor", things)).GetProperty("id").GetString()!;
            var (status, json) = await app.CallAsync("StopJob", things with { JobId = job });
            if (status == 202)
            {
                await app.EndedAsync(app.Tenant, json);
                return;
            }

            Assert.True(jobs < MaxJobs, "Each job had ended before it could be stopped.");
        }
    }
}
