using System.Net;

namespace Atrium.Functions.Tests.Egress;

/// <summary>Name servers that give one answer after the other, and the last one for ever.</summary>
sealed class FakeDns(params string[][] answers)
{
    readonly List<string> asked = [];

    public IReadOnlyList<string> Asked => asked;

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        asked.Add(host);
        return Task.FromResult(Array.ConvertAll(answers[Math.Min(asked.Count, answers.Length) - 1], IPAddress.Parse));
    }
}
