using System.Text;
using Atrium.Functions.Signing;

namespace Atrium.Functions.Tests.Signing;

sealed record SignatureVector(
    string Name, IReadOnlyList<string> Secrets, string Id, long Timestamp, string Body, string Signature)
{
    public byte[] BodyBytes() => Encoding.UTF8.GetBytes(Body);

    public IReadOnlyList<SigningSecret> Keys() => [.. Secrets.Select(text => SigningSecret.Parse(text).Secret!)];
}
