using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Identity;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// The nightly purge stopped at the first secret that failed in another way than with an answer of vault or table: it
/// had a loop of its own, which caught <see cref="RequestFailedException"/> only. The clients report the tries of a
/// call as an <see cref="AggregateException"/>, their own time-outs as a cancellation, and a missing token as neither.
/// Each of these kept all secrets behind it, and the keys that were purged last, for another day.
/// </summary>
public sealed class B5NightlyPurgeTests : IDisposable
{
    const int Orphans = 3;

    static readonly string[] All = ["*"];

    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    public static TheoryData<Exception> Failures =>
    [
        Outages.Unavailable(),
        new AggregateException(Outages.Unavailable(), new IOException("The connection broke.")),
        new TaskCanceledException("The operation was cancelled because it exceeded the configured timeout."),
        new AuthenticationFailedException("No token."),
        new InvalidOperationException("A bug."),
    ];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task The_others_are_purged_and_the_run_says_how_many_failed_and_which(Exception failure)
    {
        await OrphanAsync();
        var (names, left) = (_api.Vault.Secrets.Keys.Select(key => key.Name).ToList(), new Queue<Exception>([failure]));
        _api.Vault.Before = call =>
            call == "delete" && left.TryDequeue(out var first) ? throw first : Task.CompletedTask;

        var failed = await Assert.ThrowsAsync<AggregateException>(_api.PurgeAsync);

        var kept = Assert.Single(_api.Vault.Secrets.Keys).Name;
        Assert.Contains(kept, names);
        Assert.Same(failure, Assert.Single(failed.InnerExceptions));
        Assert.StartsWith("1 of ", failed.Message, StringComparison.Ordinal);
        Assert.Contains($" failed: {kept}.", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _api.Tables.Table(SubscriptionStore.TableName).Rows,
            row => row.RowKey.StartsWith(CreationKey.Prefix, StringComparison.Ordinal));

        await _api.PurgeAsync();
        Assert.Empty(_api.Vault.Secrets);
    }

    [Fact]
    public async Task A_vault_that_cannot_be_listed_does_not_keep_the_keys()
    {
        await OrphanAsync();
        _api.Vault.Before = call => call == "list" ? throw Outages.Unavailable() : Task.CompletedTask;
        await Assert.ThrowsAsync<AggregateException>(_api.PurgeAsync);
        Assert.DoesNotContain(
            _api.Tables.Table(SubscriptionStore.TableName).Rows,
            row => row.RowKey.StartsWith(CreationKey.Prefix, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_that_cannot_be_removed_keeps_neither_the_other_keys_nor_the_secrets()
    {
        await OrphanAsync();
        var left = new Queue<Exception>([new AggregateException(Outages.Unavailable())]);
        _api.Tables.Before = call =>
            call == "delete" && left.TryDequeue(out var first) ? throw first : Task.CompletedTask;
        await Assert.ThrowsAsync<AggregateException>(_api.PurgeAsync);
        Assert.Empty(_api.Vault.Secrets);
        Assert.Single(
            _api.Tables.Table(SubscriptionStore.TableName).Rows,
            row => row.RowKey.StartsWith(CreationKey.Prefix, StringComparison.Ordinal));
    }

    // Secrets and keys of subscriptions that are gone, all of which have had their time.
    async Task OrphanAsync()
    {
        for (var number = 0; number < Orphans; number++)
        {
            var wanted = new { url = "https://example.com/", events = All, generateSecret = true };
            var made = await _api.CreateAsync(wanted, key: $"{number}");
            _api.Vault.Before = call => call == "delete" ? throw Outages.Unavailable() : Task.CompletedTask;
            await _api.DeleteAsync(made.Json.GetProperty("id").GetString()!);
            _api.Vault.Before = _ => Task.CompletedTask;
        }

        Assert.Equal(Orphans, _api.Vault.Secrets.Count);
        _api.Time.Advance(SecretPurge.OrphanedAfter);
    }
}
