using System.Net;
using Atrium.Functions.Http;
using Atrium.Functions.Portal;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;

namespace Atrium.Functions.Tests.Portal;

/// <summary>The ring of keys in the vault, as several instances use it.</summary>
public sealed class PortalKeysTests
{
    static readonly byte[] Plain = [1, 2, 3];

    readonly SteppedTime _time = new(Some.Time);
    readonly FakeVault _vault = new();

    [Fact]
    public async Task Two_instances_that_start_at_once_read_what_the_other_makes()
    {
        var bothSet = new TaskCompletionSource();
        var sets = 0;
        // Neither key is in the vault before both instances have found none.
        _vault.Before = call =>
        {
            if (call == "set" && Interlocked.Increment(ref sets) == 2)
            {
                bothSet.SetResult();
            }

            return call == "set" ? bothSet.Task : Task.CompletedTask;
        };
        var (one, other) = (Instance(), Instance());

        var made = await Task.WhenAll(one.ProtectAsync(Plain, default), other.ProtectAsync(Plain, default));

        Assert.Equal(2, _vault.Secrets.Count);
        Assert.All(_vault.Secrets.Keys, key => Assert.Equal(VaultKeyRing.SecretName, key.Name));
        foreach (var reader in new[] { one, other, Instance() })
        {
            foreach (var secret in made)
            {
                Assert.Equal(Plain, await reader.UnprotectAsync(secret, default));
            }

            _time.Advance(PortalKeys.RereadAfter);
        }

        Assert.Equal(Plain, await one.UnprotectAsync(await Instance().ProtectAsync(Plain, default), default));
        Assert.Equal(2, _vault.Secrets.Count);
    }

    [Fact]
    public async Task What_another_ring_has_made_is_nobodys()
    {
        var foreign = await ForeignAsync();
        var keys = Instance();

        Assert.Null(await keys.UnprotectAsync(foreign, default));
        Assert.Null(await keys.UnprotectAsync([], default));
        Assert.Null(await keys.UnprotectAsync(new byte[200], default));
    }

    [Fact]
    public async Task Made_up_tokens_have_the_vault_read_once_in_a_while_only()
    {
        var keys = Instance();
        await keys.ProtectAsync(Plain, default);
        var foreign = await ForeignAsync();
        await keys.UnprotectAsync(foreign, default);
        var reads = _vault.Reads;

        for (var i = 0; i < 100; i++)
        {
            Assert.Null(await keys.UnprotectAsync(foreign, default));
        }

        Assert.Equal(reads, _vault.Reads);
        _time.Advance(PortalKeys.RereadAfter);
        Assert.Null(await keys.UnprotectAsync(foreign, default));
        Assert.Equal(reads + 1, _vault.Reads);
    }

    [Fact]
    public async Task A_vault_that_does_not_answer_makes_no_token_a_bad_one()
    {
        var secret = await Instance().ProtectAsync(Plain, default);
        var (warm, cold) = (Instance(), Instance());
        Assert.Equal(Plain, await warm.UnprotectAsync(secret, default));

        _vault.Outage = Outages.Unavailable;

        Assert.Equal(Plain, await warm.UnprotectAsync(secret, default));
        Assert.Null(await warm.UnprotectAsync(new byte[200], default));
        Assert.Equal(Plain, await warm.UnprotectAsync(secret, default));
        await Assert.ThrowsAsync<RequestFailedException>(() => cold.UnprotectAsync(secret, default));
        await Assert.ThrowsAsync<RequestFailedException>(() => cold.ProtectAsync(Plain, default));
        // Of what it does not know, it cannot say that nobody knows it.
        _time.Advance(PortalKeys.RereadAfter);
        var unknown = await ForeignAsync();
        await Assert.ThrowsAsync<RequestFailedException>(() => warm.UnprotectAsync(unknown, default));
        await Assert.ThrowsAsync<RequestFailedException>(() => warm.UnprotectAsync(unknown, default));

        _vault.Outage = null;
        _time.Advance(PortalKeys.RereadAfter);
        Assert.Equal(Plain, await cold.UnprotectAsync(secret, default));
        Assert.Null(await warm.UnprotectAsync(unknown, default));
    }

    [Fact]
    public async Task Without_the_vault_a_session_is_answered_503_and_never_401()
    {
        using var made = new PortalApi();
        var token = await made.TokenAsync();
        using var cold = new PortalApi();
        cold.Rig.Vault.Outage = Outages.Unavailable;
        var http = HttpCall.Context();

        await new ProblemMiddleware(
            Some.Outages(), Some.FailedRequests(), new FakeLogger<ProblemMiddleware>()).Invoke(
            new FakeFunctionContext(http, "Portal"), _ => cold.CallAsync("GET", "session", token));

        var answer = HttpCall.Answer(http);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "no-store"), (answer.Status, answer.CacheControl));
        Assert.Equal("unavailable", answer.Json.GetProperty("code").GetString());
    }

    [Fact]
    public async Task The_nightly_purge_leaves_the_ring()
    {
        using var api = new PortalApi();
        var token = await api.TokenAsync();
        var ring = api.Rig.Vault.Secrets;
        await api.Rig.Get<Functions.Secrets.SecretVault>().StoreAsync(Some.Owner, Some.Secret, default);
        api.Rig.Time.Advance(SecretPurge.OrphanedAfter);

        await api.Rig.Get<SecretPurge>().RunAsync(default);

        Assert.NotEmpty(ring);
        Assert.Equal(ring, api.Rig.Vault.Secrets);
        Assert.Equal(401, (int)(await api.CallAsync("GET", "session", token)).Status);
        Assert.Equal(200, (int)(await api.CallAsync("GET", "session", await api.TokenAsync())).Status);
    }

    [Fact]
    public async Task A_key_that_is_disabled_in_the_vault_is_withdrawn()
    {
        var secret = await Instance().ProtectAsync(Plain, default);
        _vault.Disable(VaultKeyRing.SecretName);

        Assert.Null(await Instance().UnprotectAsync(secret, default));
    }

    [Fact]
    public async Task A_key_that_was_stored_again_since_its_answer_was_lost_is_one_key()
    {
        var secret = await Instance().ProtectAsync(Plain, default);
        var ring = new VaultKeyRing(_vault, _time, Assert.Fail);
        ring.StoreElement(Assert.Single(ring.GetAllElements()), "");

        Assert.Single(ring.GetAllElements());
        Assert.Equal(Plain, await Instance().UnprotectAsync(secret, default));
        Assert.Equal(Plain, await Instance().UnprotectAsync(await Instance().ProtectAsync(Plain, default), default));
    }

    [Fact]
    public async Task A_version_of_the_key_ring_that_somebody_wrote_by_hand_is_left_out_and_sessions_go_on()
    {
        var logs = new FakeLogCollector();
        using var loggers = new LoggerFactory([new FakeLoggerProvider(logs)]);
        var keys = new PortalKeys(_vault, loggers, _time);
        var secret = await keys.ProtectAsync(Plain, default);
        _vault.Put(VaultKeyRing.SecretName, "by-hand", "s3cret, not XML");
        _vault.Put(VaultKeyRing.SecretName, "emptied", "");

        _time.Advance(PortalKeys.RereadAfter);
        Assert.Null(await keys.UnprotectAsync(await ForeignAsync(), default));
        _time.Advance(PortalKeys.RereadAfter);
        Assert.Null(await keys.UnprotectAsync(await ForeignAsync(), default));

        Assert.Equal(Plain, await keys.UnprotectAsync(secret, default));
        Assert.Equal(Plain, await Instance().UnprotectAsync(secret, default));
        Assert.Equal(
            ["by-hand", "emptied"],
            logs.GetSnapshot()
                .Where(log => log.Level == LogLevel.Warning && log.Category == typeof(PortalKeys).FullName)
                .Select(log => log.GetStructuredStateValue("Version")));
        Assert.DoesNotContain(logs.GetSnapshot(), log => log.Message.Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_ring_that_has_only_a_version_written_by_hand_gets_a_key()
    {
        _vault.Put(VaultKeyRing.SecretName, "by-hand", "not XML");

        var secret = await Instance().ProtectAsync(Plain, default);

        Assert.Equal(Plain, await Instance().UnprotectAsync(secret, default));
    }

    [Fact]
    public async Task While_made_up_tokens_wait_for_a_vault_that_hangs_good_ones_are_read()
    {
        var keys = Instance();
        var secret = await keys.ProtectAsync(Plain, default);
        var foreign = await ForeignAsync();
        _time.Advance(PortalKeys.RereadAfter);
        var answers = new TaskCompletionSource();
        _vault.Before = _ => answers.Task;

        var waiting = Enumerable.Range(0, 100).Select(_ => keys.UnprotectAsync(foreign, default)).ToList();

        Assert.Equal(Plain, await keys.UnprotectAsync(secret, default));
        Assert.All(waiting, one => Assert.False(one.IsCompleted));
        using var gone = new CancellationTokenSource();
        var left = keys.UnprotectAsync(foreign, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        answers.SetResult();
        Assert.All(await Task.WhenAll(waiting), Assert.Null);
    }

    [Fact]
    public async Task However_many_tokens_are_made_up_a_new_key_of_another_instance_is_known_soon()
    {
        var keys = Instance();
        var secret = await keys.ProtectAsync(Plain, default);
        Assert.Null(await keys.UnprotectAsync(await ForeignAsync(), default));
        _vault.Disable(VaultKeyRing.SecretName);
        var fresh = await Instance().ProtectAsync(Plain, default);

        _time.Advance(PortalKeys.RereadAfter);
        // Each of them could take the place of the reading that the new key needs.
        Assert.Null(await keys.UnprotectAsync(new byte[200], default));
        Assert.Null(await keys.UnprotectAsync(await ForeignAsync(), default));

        Assert.Equal(Plain, await keys.UnprotectAsync(fresh, default));
        Assert.Null(await keys.UnprotectAsync(secret, default));
    }

    // Of a ring of its own.
    Task<byte[]> ForeignAsync() =>
        new PortalKeys(new FakeVault(), NullLoggerFactory.Instance, _time).ProtectAsync(Plain, default);

    PortalKeys Instance() => new(_vault, NullLoggerFactory.Instance, _time);
}
