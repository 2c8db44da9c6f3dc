namespace Atrium.Infra.Tests;

/// <summary>What Bicep compiles main.bicep to.</summary>
internal static class Template
{
    static readonly Lazy<Task<string>> Compiled = new(() => Bicep.RunAsync("build", "main.bicep", "--stdout"));

    /// <summary>As JSON; made once, since it takes seconds.</summary>
    public static Task<string> TextAsync() => Compiled.Value;
}
