namespace Atrium;

/// <summary>How long a test waits for what must happen before it says that it did not.</summary>
static class Patience
{
    /// <summary>
    /// Reached only when something is broken: a first start installs Azurite, and a machine may be slow. Below the ten
    /// minutes after which a run is ended.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Limit);

    public static Task Soon(this Task task) => task.WaitAsync(Limit);
}
