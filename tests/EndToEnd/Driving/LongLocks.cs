namespace Atrium.EndToEnd;

/// <summary>
/// The app's queues with the longest lock that there is. By a fast clock a minute's lock lasts a second or two: on a
/// busy machine it would run out in the middle of an attempt, which is then made twice.
/// </summary>
internal static class LongLocks
{
    /// <summary>Writes the emulator's config.json and gives its path.</summary>
    public static async Task<string> WriteAsync(TemporaryFolder state)
    {
        const string Minute = "\"LockDuration\": \"PT1M\"";
        var queues = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "config.json"));
        Assert.Contains(Minute, queues, StringComparison.Ordinal);
        var file = Path.Combine(state.Path, "config.json");
        await File.WriteAllTextAsync(
            file, queues.Replace(Minute, "\"LockDuration\": \"PT5M\"", StringComparison.Ordinal));
        return file;
    }
}
