using System.Text;
using System.Text.RegularExpressions;
using Azure;
using Azure.Security.KeyVault.Secrets;
using Moq;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// A vault in memory, with soft delete and purge protection: the name of a removed secret cannot be used again.
/// </summary>
sealed partial class FakeVault(Journal? journal = null, TimeProvider? time = null) : SecretClient
{
    const int MaxBytes = 25 * 1024;

    readonly Lock _gate = new();
    // In the order in which they were set.
    readonly OrderedDictionary<(string Name, string Version), KeyVaultSecret> _secrets = [];
    readonly HashSet<string> _deleted = [];
    int _versions;
    int _reads;

    /// <summary>While it is set, every call throws what it makes.</summary>
    public Func<Exception>? Outage { get; set; }

    /// <summary>
    /// Awaited by each call before it looks at or changes anything; given the call's name: <c>set</c>, <c>get</c>,
    /// <c>delete</c> or <c>list</c>.
    /// </summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many secrets were read.</summary>
    public int Reads => _reads;

    public IReadOnlyDictionary<(string Name, string Version), string> Secrets
    {
        get
        {
            lock (_gate)
            {
                return _secrets.ToDictionary(secret => secret.Key, secret => secret.Value.Value);
            }
        }
    }

    public override Task<Response<KeyVaultSecret>> SetSecretAsync(
        string name, string value, CancellationToken cancellationToken = default) =>
        SetSecretAsync(new KeyVaultSecret(name, value), cancellationToken);

    public override async Task<Response<KeyVaultSecret>> SetSecretAsync(
        KeyVaultSecret secret, CancellationToken cancellationToken = default)
    {
        await EnterAsync("set", cancellationToken);
        journal?.Add($"vault: set {secret.Name}");
        lock (_gate)
        {
            return !Name().IsMatch(secret.Name) || Encoding.UTF8.GetByteCount(secret.Value) > MaxBytes
                ? throw new RequestFailedException(400, "It is not valid.", "BadParameter", null)
                : _deleted.Contains(secret.Name)
                ? throw new RequestFailedException(409, "The name lies in soft delete.", "Conflict", null)
                : Answer(Keep(secret.Name, $"v{++_versions}", secret.Value, secret.Properties.Tags));
        }
    }

    public override async Task<Response<KeyVaultSecret>> GetSecretAsync(
        string name, string? version = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _reads);
        await EnterAsync("get", cancellationToken);
        lock (_gate)
        {
            var newest = _secrets.LastOrDefault(
                one => one.Key.Name == name && (version is null || one.Key.Version == version));
            return newest.Value is { } secret ? Answer(secret) : throw Outages.NotFound("SecretNotFound");
        }
    }

    public override Task<Response<KeyVaultSecret>> GetSecretAsync(
        string name, string? version = null, SecretContentType? outContentType = null,
        CancellationToken cancellationToken = default) =>
        GetSecretAsync(name, version, cancellationToken);

    // Data Protection asks by calls that wait.
    public override Response<KeyVaultSecret> SetSecret(
        string name, string value, CancellationToken cancellationToken = default) =>
        SetSecretAsync(name, value, cancellationToken).GetAwaiter().GetResult();

    public override Response<KeyVaultSecret> GetSecret(
        string name, string? version = null, CancellationToken cancellationToken = default) =>
        GetSecretAsync(name, version, cancellationToken).GetAwaiter().GetResult();

    public override Response<KeyVaultSecret> GetSecret(
        string name, string? version = null, SecretContentType? outContentType = null,
        CancellationToken cancellationToken = default) => GetSecret(name, version, cancellationToken);

    public override Pageable<SecretProperties> GetPropertiesOfSecretVersions(
        string name, CancellationToken cancellationToken = default)
    {
        EnterAsync("list", cancellationToken).GetAwaiter().GetResult();
        lock (_gate)
        {
            return Pageable<SecretProperties>.FromPages([Page<SecretProperties>.FromValues(
                [.. _secrets.Where(one => one.Key.Name == name).Select(one => one.Value.Properties)], null,
                Mock.Of<Response>())]);
        }
    }

    public override AsyncPageable<SecretProperties> GetPropertiesOfSecretsAsync(
        CancellationToken cancellationToken = default) =>
        new RowPages<SecretProperties>(ListAsync, cancellationToken);

    public override async Task<DeleteSecretOperation> StartDeleteSecretAsync(
        string name, CancellationToken cancellationToken = default)
    {
        await EnterAsync("delete", cancellationToken);
        journal?.Add($"vault: delete {name}");
        lock (_gate)
        {
            var versions = _secrets.Keys.Where(key => key.Name == name).ToList();
            if (versions.Count == 0)
            {
                throw Outages.NotFound("SecretNotFound");
            }

            versions.ForEach(key => _secrets.Remove(key));
            _deleted.Add(name);
            return Mock.Of<DeleteSecretOperation>();
        }
    }

    /// <summary>Puts a secret there as if somebody had done so by hand.</summary>
    public void Put(string name, string version, string value)
    {
        lock (_gate)
        {
            Keep(name, version, value, new Dictionary<string, string>());
        }
    }

    /// <summary>Disables all versions of a secret as if somebody had done so by hand.</summary>
    public void Disable(string name)
    {
        lock (_gate)
        {
            foreach (var (_, secret) in _secrets.Where(one => one.Key.Name == name))
            {
                secret.Properties.Enabled = false;
            }
        }
    }

    async Task<List<SecretProperties>> ListAsync(CancellationToken cancellationToken)
    {
        await EnterAsync("list", cancellationToken);
        lock (_gate)
        {
            var newest = _secrets.Values.Reverse().DistinctBy(secret => secret.Name);
            return [.. newest
                .OrderBy(secret => secret.Name, StringComparer.Ordinal)
                .Select(secret => secret.Properties)];
        }
    }

    async Task EnterAsync(string call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await Before(call);
        if (Outage is { } outage)
        {
            throw outage();
        }
    }

    KeyVaultSecret Keep(string name, string version, string value, IDictionary<string, string> tags)
    {
        var properties = SecretModelFactory.SecretProperties(
            new Uri($"https://vault.example/secrets/{name}/{version}"), new Uri("https://vault.example"), name,
            version, createdOn: time?.GetUtcNow() ?? Some.Time);
        foreach (var (tag, text) in tags)
        {
            properties.Tags[tag] = text;
        }

        return _secrets[(name, version)] = SecretModelFactory.KeyVaultSecret(properties, value);
    }

    [GeneratedRegex(@"\A[0-9a-zA-Z-]{1,127}\z")]
    private static partial Regex Name();

    static Response<KeyVaultSecret> Answer(KeyVaultSecret secret) => Response.FromValue(secret, Mock.Of<Response>());
}
