namespace Atrium.Functions.LocalRuntime;

/// <summary>Shows at once, in order: what takes over two seconds must not look like a hang.</summary>
internal sealed class ConsoleProgress : IProgress<string>
{
    public void Report(string value) => Console.WriteLine(value);
}
