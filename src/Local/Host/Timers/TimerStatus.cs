using System.Text.Json;
using Atrium.Local.Emulators;

namespace Atrium.Local.Host.Timers;

/// <summary>
/// When a timer ran and is due, kept in a file while the host is off. As at the real host, a run that is missed
/// meanwhile is made up at the next start.
/// </summary>
/// <param name="Last">The last run that was due; default for none.</param>
/// <param name="Next">The next run that is due.</param>
/// <param name="LastUpdated">The time after which it is the next.</param>
internal sealed record TimerStatus(DateTimeOffset Last, DateTimeOffset Next, DateTimeOffset LastUpdated)
{
    /// <returns>What is kept; null when nothing is, or when the schedule or the clock was another then.</returns>
    public static TimerStatus? Read(string file, TimerSchedule schedule, DateTimeOffset now)
    {
        try
        {
            return JsonSerializer.Deserialize<TimerStatus>(File.ReadAllBytes(file)) is { } kept
                && kept.LastUpdated <= now && kept.Next == schedule.NextAfter(kept.LastUpdated)
                ? kept
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps it. What cannot be kept must not end the timer: at worst a run is made up in vain.</summary>
    public void Write(string file)
    {
        try
        {
            PrivateFiles.CreateFolder(Path.GetDirectoryName(file)!);
            PrivateFiles.Replace(file, JsonSerializer.SerializeToUtf8Bytes(this));
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            // The disk may be full for a while.
        }
    }
}
