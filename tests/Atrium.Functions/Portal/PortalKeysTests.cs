using System.Net;
using Atrium.Functions.Http;
using Atrium.Functions.Portal;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Egress;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Microsoft.Extensions.Logging.Abstractions;

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

        var made = await Task.WhenAll(Task.Run(() => one.Protect(Plain)), Task.Run(() => other.Protect(Plain)));

        Assert.Equal(2, _vault.Secrets.Count);
        Assert.All(_vault.Secrets.Keys, key => Assert.Equal(VaultKeyRing.SecretName, key.Name));
        foreach (var reader in new[] { one, other, Instance() })
        {
            foreach (var secret in made)
            {
                Assert.Equal(Plain, reader.Unprotect(secret));
            }

            _time.Advance(VaultKeyRing.RereadAfter);
        }

        Assert.Equal(Plain, one.Unprotect(Instance().Protect(Plain)));
        Assert.Equal(2, _vault.Secrets.Count);
    }

    [Fact]
    public void What_another_ring_has_made_is_nobodys()
    {
        var foreign = new PortalKeys(new FakeVault(), NullLoggerFactory.Instance, _time).Protect(Plain);
        var keys = Instance();

        Assert.Null(keys.Unprotect(foreign));
        Assert.Null(keys.Unprotect([]));
        Assert.Null(keys.Unprotect(new byte[200]));
    }

    [Fact]
    public void Made_up_tokens_have_the_vault_read_once_in_a_while_only()
    {
        var keys = Instance();
        keys.Protect(Plain);
        var foreign = new PortalKeys(new FakeVault(), NullLoggerFactory.Instance, _time).Protect(Plain);
        keys.Unprotect(foreign);
        var reads = _vault.Reads;

        for (var i = 0; i < 100; i++)
        {
            Assert.Null(keys.Unprotect(foreign));
        }

        Assert.Equal(reads, _vault.Reads);
        _time.Advance(VaultKeyRing.RereadAfter);
        Assert.Null(keys.Unprotect(foreign));
        // Data Protection has it read once more by itself in its first two minutes.
        Assert.InRange(_vault.Reads, reads + 1, reads + 2);
    }

    [Fact]
    public void A_vault_that_does_not_answer_makes_no_token_a_bad_one()
    {
        var secret = Instance().Protect(Plain);
        var (warm, cold) = (Instance(), Instance());
        Assert.Equal(Plain, warm.Unprotect(secret));

        _vault.Outage = Outages.Unavailable;

        Assert.Equal(Plain, warm.Unprotect(secret));
        Assert.Null(warm.Unprotect(new byte[200]));
        Assert.Equal(Plain, warm.Unprotect(secret));
        Assert.Throws<RequestFailedException>(() => cold.Unprotect(secret));
        Assert.Throws<RequestFailedException>(() => cold.Protect(Plain));
        // Of what it does not know, it cannot say that nobody knows it.
        _time.Advance(VaultKeyRing.RereadAfter);
        var unknown = new PortalKeys(new FakeVault(), NullLoggerFactory.Instance, _time).Protect(Plain);
        Assert.Throws<RequestFailedException>(() => warm.Unprotect(unknown));
        Assert.Throws<RequestFailedException>(() => warm.Unprotect(unknown));

        _vault.Outage = null;
        _time.Advance(VaultKeyRing.RereadAfter);
        Assert.Equal(Plain, cold.Unprotect(secret));
        Assert.Null(warm.Unprotect(unknown));
    }

    [Fact]
    public async Task Without_the_vault_a_session_is_answered_503_and_never_401()
    {
        using var made = new PortalApi();
        var token = await made.TokenAsync();
        using var cold = new PortalApi();
        cold.Rig.Vault.Outage = Outages.Unavailable;
        var http = HttpCall.Context();

        await new ProblemMiddleware(Some.Outages(), new RecordingLogger<ProblemMiddleware>()).Invoke(
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
    public void A_key_that_is_disabled_in_the_vault_is_withdrawn()
    {
        var secret = Instance().Protect(Plain);
        _vault.Disable(VaultKeyRing.SecretName);

        Assert.Null(Instance().Unprotect(secret));
    }

    [Fact]
    public void A_key_that_was_stored_again_since_its_answer_was_lost_is_one_key()
    {
        var secret = Instance().Protect(Plain);
        var ring = new VaultKeyRing(_vault, _time);
        ring.StoreElement(Assert.Single(ring.GetAllElements()), "");

        Assert.Single(ring.GetAllElements());
        Assert.Equal(Plain, Instance().Unprotect(secret));
        Assert.Equal(Plain, Instance().Unprotect(Instance().Protect(Plain)));
    }

    PortalKeys Instance() => new(_vault, NullLoggerFactory.Instance, _time);
}
