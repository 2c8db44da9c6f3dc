using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amqp;
using Amqp.Framing;

namespace Atrium.Local.Emulators.Tests.ServiceBus;

/// <summary>Tokens, right and wrong, as clients put them to $cbs.</summary>
static class SharedAccessSignature
{
    public const string Key = "SAS_KEY_VALUE";
    public const string KeyName = "RootManageSharedAccessKey";
    public const string TokenType = "servicebus.windows.net:sastoken";

    /// <summary>After the end of every clock that a test sets.</summary>
    static readonly DateTimeOffset Never = new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string Create(
        string resource, string key = Key, string name = KeyName, DateTimeOffset? expires = null)
    {
        var (escaped, end) = (WebUtility.UrlEncode(resource), (expires ?? Never).ToUnixTimeSeconds());
        var signed = string.Create(CultureInfo.InvariantCulture, $"{escaped}\n{end}");
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(signed));
        var signature = WebUtility.UrlEncode(Convert.ToBase64String(hash));
        return string.Create(
            CultureInfo.InvariantCulture, $"SharedAccessSignature sr={escaped}&sig={signature}&se={end}&skn={name}");
    }

    /// <summary>The request that puts a token.</summary>
    public static Message Put(string audience, string token, string replyTo, string type = TokenType) => new()
    {
        Properties = new Properties { MessageId = Guid.NewGuid().ToString(), ReplyTo = replyTo },
        ApplicationProperties = new ApplicationProperties
        {
            ["operation"] = "put-token",
            ["type"] = type,
            ["name"] = audience,
        },
        BodySection = new AmqpValue { Value = token },
    };
}
