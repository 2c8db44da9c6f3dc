using System.Text;
using System.Text.RegularExpressions;

namespace Atrium.EndToEnd;

/// <summary>
/// A tenant that has one of everything: a subscription with a secret, and one that is paused; attempts, a parked
/// delivery, dead letters, a job, a place for notices.
/// </summary>
public sealed partial class OwningTenant(BriskApp started) : IAsyncLifetime
{
    // What shows the owner's things as they are.
    static readonly string[] Reads =
        ["GetSubscription", "ListSubscriptions", "ListAttempts", "GetDelivery", "GetParked", "ListDeadLetters",
            "CountDeadLetters", "GetDeadLetter", "ListJobs", "GetJob", "GetNotices", "Explain"];

    Receiver? _receiver;
    RunningApp? _app;
    TenantsThings? _things;
    TenantsThings? _paused;

    internal RunningApp App => _app!;

    internal TenantsThings Things => _things!;

    /// <summary>All that the owner has, before anybody tries anything.</summary>
    internal string Before { get; private set; } = "";

    /// <summary>What only the owner may see; not the ids that a stranger is given to try.</summary>
    internal IReadOnlyList<string> Marks { get; private set; } = [];

    public async Task InitializeAsync()
    {
        _receiver = await Receiver.StartAsync();
        _app = started.Share();
        var url = new Uri(_receiver.Url, "/the-owners-hook");
        var things = new TenantsThings { Tenant = _app.Tenant, Url = url, Queue = "deliveries" };
        _paused = things with { SubscriptionId = await SubscribeAsync(things) };
        await _app.DoAsync("PauseSubscription", _paused);
        things = things with { SubscriptionId = await SubscribeAsync(things) };
        await _app.DoAsync("PutNotices", things with { IfMatch = null });
        var secret = (await _app.DoAsync("RotateSecret", things)).GetProperty("secret").GetString()!;

        var eventId = (await _app.DoAsync("Ingest", things)).GetProperty("id").GetString()!;
        things = things with { DeliveryId = (await _receiver.NextAsync(1)).Single().Id };
        await _app.LoggedAsync("✓ delivered", things.DeliveryId);
        await _app.ParkedAsync(_paused.SubscriptionId, 1);

        await _app.PoisonAsync(_app.Tenant, "visitor-events");
        var job = await _app.EndedAsync(_app.Tenant, await _app.DoAsync("ReplayDeadLetters", things));
        var session = await _app.DoAsync("MakePortalSession", things);
        _things = things with
        {
            PortalToken = session.GetProperty("token").GetString()!,
            JobId = job.GetProperty("id").GetString()!,
            SequenceNumber = await _app.PoisonAsync(_app.Tenant, "deliveries"),
            // What a stranger makes goes elsewhere, so that the owner's address is a mark.
            Url = new Uri(_receiver.Url, "/the-strangers-hook"),
        };
        Before = await SnapshotAsync();
        Marks = ["the-owners-hook", secret, eventId, job.GetProperty("createdAt").GetString()!];
    }

    async Task<string> SubscribeAsync(TenantsThings things) =>
        (await App.DoAsync("CreateSubscription", things)).GetProperty("id").GetString()!;

    /// <summary>All that the owner has, as the API shows it.</summary>
    internal async Task<string> SnapshotAsync()
    {
        var text = new StringBuilder();
        foreach (var operation in Reads)
        {
            text.Append(operation).Append(": ").Append(await App.DoAsync(operation, Things)).Append('\n');
        }

        text.Append(await App.DoAsync("GetParked", _paused!));
        text.Append(await App.GetAsync($"api/tenants/{App.Tenant}/dead-letters?queue=visitor-events"));
        return IndexedAt().Replace(text.ToString(), "");
    }

    // It goes on whatever anybody does.
    [GeneratedRegex("\"indexedAt\":\"[^\"]*\"")]
    private static partial Regex IndexedAt();

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        await _receiver!.DisposeAsync();
    }
}
