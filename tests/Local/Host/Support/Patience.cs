namespace Atrium.Local.Host.Tests.Support;

/// <summary>
/// How long a test waits for what must happen before it says that it did not; no test takes this long when all is well.
/// </summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Soon(this Task task) => task.WaitAsync(Limit);
}
