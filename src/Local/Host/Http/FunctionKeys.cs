using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Http;

/// <summary>
/// The keys that HTTP functions ask for, from the settings <c>FunctionKeys__{name}</c>. The name <c>master</c> is the
/// master key; every other opens functions of level Function. Without any key every function is open, as under Core
/// Tools: the host listens on loopback only.
/// </summary>
internal sealed class FunctionKeys
{
    public const string Section = "FunctionKeys";
    public const string HeaderName = "x-functions-key";
    public const string QueryName = "code";
    const string MasterName = "master";

    // Hashes, so that a comparison takes the same time whatever the length, and no key is in memory twice.
    readonly List<byte[]> _functionKeys = [];
    readonly List<byte[]> _masterKeys = [];

    /// <exception cref="HostStartException">A key is empty.</exception>
    public FunctionKeys(IConfiguration settings)
    {
        foreach (var key in settings.GetSection(Section).GetChildren())
        {
            if (string.IsNullOrWhiteSpace(key.Value))
            {
                throw new HostStartException(
                    $"The setting {Section}__{key.Key} is empty, and an empty key would keep nobody out. "
                    + "Give it a value, or remove it.");
            }

            var master = string.Equals(key.Key, MasterName, StringComparison.OrdinalIgnoreCase);
            (master ? _masterKeys : _functionKeys).Add(Hash(key.Value));
        }
    }

    public bool Any => _functionKeys.Count + _masterKeys.Count > 0;

    /// <summary>Whether a request may call a function of a level.</summary>
    public bool Admit(FunctionLevel level, HttpRequest request)
    {
        if (level == FunctionLevel.Anonymous || !Any)
        {
            return true;
        }

        // As at the real host, a header decides alone, be it empty.
        var given = request.Headers.TryGetValue(HeaderName, out var header) ? header : request.Query[QueryName];
        var hash = Hash(given.FirstOrDefault() ?? "");

        // Both lists are gone through to their ends, so that the time does not reveal which key came close.
        var isMaster = IsAmong(_masterKeys, hash);
        var isFunction = IsAmong(_functionKeys, hash);
        return isMaster | (isFunction & level == FunctionLevel.Function);
    }

    static bool IsAmong(List<byte[]> keys, byte[] hash) =>
        keys.Aggregate(false, (found, key) => found | CryptographicOperations.FixedTimeEquals(key, hash));

    static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
