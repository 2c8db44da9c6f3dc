using System.Net;
using System.Security.Cryptography;
using System.Text;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using CsCheck;

namespace Atrium.Functions.Tests.Subscriptions;

/// <summary>
/// Sequences of everything that touches the vault, against a vault that never takes a name twice, beside a model of
/// what should sign.
/// </summary>
public sealed class SecretSequenceTests
{
    static readonly string[] All = ["*"];

    static readonly Gen<Step> Steps = Gen.Frequency(
        (2, Gen.Select(
            Gen.Bool, Gen.Bool, (generated, headers) => new Step(What.Create, generated ? 1 : 0, headers ? 1 : 0))),
        (4, Gen.Select(
            Gen.OneOfConst(0, 1, 5, 24, 168), Gen.Int[0, 1], (hours, own) => new Step(What.Rotate, hours, own))),
        (2, Gen.Const(new Step(What.RemoveSecret, 0, 0))),
        (1, Gen.Int[0, 3].Select(count => new Step(What.PutHeaders, count, 0))),
        (1, Gen.Int[0, 3].Select(which => new Step(What.PatchHeader, which, 0))),
        (1, Gen.Const(new Step(What.Delete, 0, 0))),
        (2, Gen.Int[1, 60].Select(hours => new Step(What.Wait, hours, 0))),
        (2, Gen.Const(new Step(What.Night, 0, 0))),
        (1, Gen.Const(new Step(What.FailingVault, 0, 0))),
        (1, Gen.Const(new Step(What.FailingTable, 0, 0))));

    enum What
    {
        Create,
        Rotate,
        RemoveSecret,
        PutHeaders,
        PatchHeader,
        Delete,
        Wait,
        Night,

        /// <summary>The next removal from the vault fails.</summary>
        FailingVault,

        /// <summary>A rotation that the table does not take.</summary>
        FailingTable,
    }

    [Fact]
    public Task Every_sequence_works_and_the_vault_holds_what_rows_name_and_in_the_end_nothing_else() =>
        Steps.List[1, 25].SampleAsync(RunAsync, iter: 400);

    static async Task RunAsync(List<Step> steps)
    {
        using var run = new Run();
        foreach (var step in steps)
        {
            await run.DoAsync(step);
            await run.CheckAsync();
        }

        await run.EndAsync();
    }

    sealed record Step(What What, int A, int B);

    sealed class Run : IDisposable
    {
        readonly SubscriptionApi _api = new();
        string? _id;
        List<(string Secret, DateTimeOffset Until)> _earlier = [];
        string? _current;
        Dictionary<string, string> _headers = [];
        int _drawn;

        public void Dispose() => _api.Dispose();

        public async Task DoAsync(Step step)
        {
            switch (step.What)
            {
                case What.Create when _id is null:
                    await CreateAsync(generated: step.A == 1, headers: step.B == 1);
                    break;
                case What.Rotate when _id is not null:
                    await RotateAsync(step.A, own: step.B == 1);
                    break;
                case What.RemoveSecret when _id is not null:
                    Assert.Equal(HttpStatusCode.OK, (await _api.RemoveSecretAsync(_id)).Status);
                    (_current, _earlier) = (null, []);
                    break;
                case What.PutHeaders when _id is not null:
                    _headers = Enumerable.Range(0, step.A).ToDictionary(number => $"X-{number}", _ => Text());
                    Assert.Equal(
                        HttpStatusCode.OK,
                        (await _api.ReplaceAsync(
                        _id, new { url = "https://example.com/", events = All, headers = _headers })).Status);
                    break;
                case What.PatchHeader when _id is not null:
                    await PatchHeaderAsync($"X-{step.A}");
                    break;
                case What.Delete when _id is not null:
                    Assert.Equal(HttpStatusCode.NoContent, (await _api.DeleteAsync(_id)).Status);
                    (_id, _current, _earlier, _headers) = (null, null, [], []);
                    break;
                case What.Wait:
                    _api.Time.Advance(TimeSpan.FromHours(step.A));
                    break;
                case What.Night:
                    // One at most fails, by the vault's failure, which is told.
                    var failed = await Record.ExceptionAsync(_api.PurgeAsync);
                    Assert.True(failed is null or AggregateException
                    {
                        InnerExceptions: [Azure.RequestFailedException { Status: 503 }],
                    });
                    break;
                case What.FailingVault:
                    _api.Vault.Before = call =>
                    {
                        _api.Vault.Before = call == "delete" ? _ => Task.CompletedTask : _api.Vault.Before;
                        return call == "delete" ? throw Outages.Unavailable() : Task.CompletedTask;
                    };
                    break;
                case What.FailingTable when _id is not null:
                    _api.Tables.Before = call => call == "update" ? throw Outages.Unavailable() : Task.CompletedTask;
                    await Assert.ThrowsAsync<Azure.RequestFailedException>(
                        () => _api.RotateAsync(_id, new { overlapHours = 0 }));
                    _api.Tables.Before = _ => Task.CompletedTask;
                    break;
            }
        }

        public async Task CheckAsync()
        {
            var named = (await _api.Store.ListAsync(Some.Tenant, default)).SelectMany(SubscriptionChanges.Names)
                .ToList();
            Assert.Distinct(named);
            // What still signs, and the headers: all of it is there. Whether more is depends on what failed; the end
            // tells.
            if (_id is not null)
            {
                var now = _api.Time.GetUtcNow();
                Assert.Equal(
                    _current is null
                        ? []
                        : [_current, .. _earlier.Where(one => now < one.Until).Select(one => one.Secret)],
                        await _api.SigningAsync(_id));
                Assert.Equal(
                    _headers.OrderBy(header => header.Key),
                    (await _api.HeadersAsync(_id)).OrderBy(header => header.Key));
            }
        }

        public async Task EndAsync()
        {
            _api.Vault.Before = _ => Task.CompletedTask;
            _api.Time.Advance(TimeSpan.FromHours(SecretRotation.MaxOverlapHours));
            await _api.PurgeAsync();
            var named = (await _api.Store.ListAsync(Some.Tenant, default)).SelectMany(SubscriptionChanges.Names);
            Assert.Equal(named.Order(), _api.Vault.Secrets.Keys.Select(key => key.Name).Order());
            Assert.InRange(_api.Vault.Secrets.Count, 0, 2);
            await CheckAsync();
        }

        async Task CreateAsync(bool generated, bool headers)
        {
            _headers = headers ? new() { ["X-0"] = Text() } : [];
            var own = Own();
            var answer = await _api.CreateAsync(generated
                ? new { url = "https://example.com/", events = All, headers = _headers, generateSecret = true }
                : new { url = "https://example.com/", events = All, headers = _headers, secret = own });
            Assert.Equal(HttpStatusCode.Created, answer.Status);
            _id = answer.Json.GetProperty("id").GetString()!;
            _current = generated ? answer.Json.GetProperty("secret").GetString() : own;
        }

        async Task RotateAsync(int hours, bool own)
        {
            var now = _api.Time.GetUtcNow();
            var secret = own ? Own() : null;
            var earlier = hours == 0 ? [] : _earlier.Where(one => now < one.Until)
                .Select(one => (one.Secret, one.Until < now.AddHours(hours) ? one.Until : now.AddHours(hours)))
                    .ToList();
            if (hours > 0 && _current is not null)
            {
                earlier.Insert(0, (_current, now.AddHours(hours)));
            }

            var answer = await _api.RotateAsync(_id!, new { secret, overlapHours = hours });
            Assert.Equal(
                earlier.Count > SecretRotation.MaxEarlier ? HttpStatusCode.Conflict : HttpStatusCode.OK, answer.Status);
            if (answer.Status == HttpStatusCode.OK)
            {
                (_current, _earlier) = (secret ?? answer.Json.GetProperty("secret").GetString(), earlier);
            }
        }

        async Task PatchHeaderAsync(string name)
        {
            if (!_headers.Remove(name))
            {
                _headers[name] = Text();
            }

            var headers = new Dictionary<string, string?> { [name] = _headers.GetValueOrDefault(name) };
            Assert.Equal(HttpStatusCode.OK, (await _api.PatchAsync(_id!, new { headers })).Status);
        }

        string Own() =>
            SigningSecret.Parse(
            Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text())))).Secret!.Reveal();

        string Text() => $"value-{++_drawn}";
    }
}
