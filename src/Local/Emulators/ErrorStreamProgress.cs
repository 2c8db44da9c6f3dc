namespace Atrium.Local.Emulators;

/// <summary>
/// Shows progress on standard error at once and in order, which <see cref="Progress{T}"/> does not promise.
/// </summary>
internal sealed class ErrorStreamProgress : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine(value);
}
