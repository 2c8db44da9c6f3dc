using Azure;
using Azure.Security.KeyVault.Secrets;
using Moq;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A vault in memory.</summary>
sealed class FakeVault(Journal? journal = null) : SecretClient
{
    readonly Dictionary<(string Name, string Version), string> _secrets = [];

    /// <summary>While it is set, every call throws what it makes.</summary>
    public Func<Exception>? Outage { get; set; }

    /// <summary>How many secrets were read.</summary>
    public int Reads { get; private set; }

    public IReadOnlyDictionary<(string Name, string Version), string> Secrets => _secrets;

    public override Task<Response<KeyVaultSecret>> SetSecretAsync(string name, string value, CancellationToken cancellationToken = default)
    {
        ThrowIfDown();
        journal?.Add($"vault: set {name}");
        var version = $"v{_secrets.Count + 1}";
        _secrets[(name, version)] = value;
        return Task.FromResult(Answer(name, version, value));
    }

    public override Task<Response<KeyVaultSecret>> GetSecretAsync(string name, string? version = null, CancellationToken cancellationToken = default)
    {
        Reads++;
        ThrowIfDown();
        return Task.FromResult(_secrets.TryGetValue((name, version!), out var value) ? Answer(name, version!, value) : throw Outages.NotFound("SecretNotFound"));
    }

    public override Task<Response<KeyVaultSecret>> GetSecretAsync(
        string name, string? version = null, SecretContentType? outContentType = null, CancellationToken cancellationToken = default) =>
        GetSecretAsync(name, version, cancellationToken);

    public override Task<DeleteSecretOperation> StartDeleteSecretAsync(string name, CancellationToken cancellationToken = default)
    {
        ThrowIfDown();
        journal?.Add($"vault: delete {name}");
        var versions = _secrets.Keys.Where(key => key.Name == name).ToList();
        versions.ForEach(key => _secrets.Remove(key));
        return versions.Count > 0 ? Task.FromResult(Mock.Of<DeleteSecretOperation>()) : throw Outages.NotFound("SecretNotFound");
    }

    /// <summary>Puts a secret there as if somebody had done so by hand.</summary>
    public void Put(string name, string version, string value) => _secrets[(name, version)] = value;

    void ThrowIfDown()
    {
        if (Outage is { } outage)
        {
            throw outage();
        }
    }

    static Response<KeyVaultSecret> Answer(string name, string version, string value)
    {
        var properties = SecretModelFactory.SecretProperties(
            new Uri($"https://vault.example/secrets/{name}/{version}"), new Uri("https://vault.example"), name, version);
        return Response.FromValue(SecretModelFactory.KeyVaultSecret(properties, value), Mock.Of<Response>());
    }
}
