using System.Text.Json;
using Atrium.Local.Host.Worker;

namespace Atrium.Local.Host.Tests.Support;

/// <summary>Functions as a worker tells of them.</summary>
internal static class AFunction
{
    /// <param name="name">The function's name.</param>
    /// <param name="triggers">Its triggers; usually one.</param>
    public static Function Named(string name, params object[] triggers) =>
        new(new()
        {
            FunctionId = name,
            Name = name,
            RawBindings = { triggers.Select(trigger => JsonSerializer.Serialize(trigger)) },
        });
}
