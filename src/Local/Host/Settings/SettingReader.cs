using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Settings;

/// <summary>
/// Typed values out of a settings file, each held to its range; what is wrong is said in one sentence with the file and
/// the name.
/// </summary>
internal sealed class SettingReader(IConfiguration settings, string source)
{
    readonly HashSet<string> _read = [];
    readonly HashSet<string> _maps = [];

    /// <summary>The values that nobody has read, by their names; a list counts as one.</summary>
    public IReadOnlyList<string> Unread =>
    [
        .. settings.AsEnumerable()
            .Where(setting => setting.Value is not null && !IsRead(setting.Key))
            .Select(setting => Dotted(Named(setting.Key)))
            .Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>A section for who reads it by himself.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="maps">What he reads of it: objects of names and values.</param>
    public IConfiguration Section(string name, params ReadOnlySpan<string> maps)
    {
        foreach (var map in maps)
        {
            _maps.Add($"{name}:{map}");
        }

        return settings.GetSection(name);
    }

    /// <summary>Counts a value as read that means nothing here.</summary>
    public void Skip(string name) => _read.Add(name);

    public string Text(string name, string fallback) => Written(name, "a text") ?? fallback;

    public bool Flag(string name, bool fallback) => Written(name, "true or false") switch
    {
        null => fallback,
        { } text when bool.TryParse(text, out var flag) => flag,
        { } text => throw Wrong(name, "true or false", text),
    };

    public int Whole(string name, int fallback, int least, int most)
    {
        var expected = $"a whole number from {least} to {most}";
        return Written(name, expected) switch
        {
            null => fallback,
            { } text
                when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= least && number <= most => number,
            { } text => throw Wrong(name, expected, text),
        };
    }

    public TimeSpan Duration(string name, TimeSpan fallback, TimeSpan least, TimeSpan most, string? infinite = null)
    {
        var expected = $"a time span like hh:mm:ss from {least:c} to {most:c}"
            + (infinite is null ? "" : $", or {infinite} for no end");
        return Written(name, expected) switch
        {
            null => fallback,
            { } text when text == infinite => Timeout.InfiniteTimeSpan,
            { } text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
                && span >= least && span <= most => span,
            { } text => throw Wrong(name, expected, text),
        };
    }

    bool IsRead(string key) =>
        _read.Any(name => key.Equals(name, StringComparison.OrdinalIgnoreCase) || IsWithin(name, key))
        || _maps.Any(map => IsWithin(map, key) && IsName(key[(map.Length + 1)..]));

    static bool IsWithin(string name, string key) => key.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase);

    // Neither an item of a list, nor within a further object.
    static bool IsName(string rest) => !IsPlace(rest) && !rest.Contains(':', StringComparison.Ordinal);

    string? Written(string name, string expected)
    {
        _read.Add(name);
        var section = settings.GetSection(name);
        return section.Value is null && section.GetChildren().Any()
            ? throw new HostStartException(
                $"{source}: {Dotted(name)} must be {expected}, but is an object or a list. Correct it and start again.")
            : section.Value;
    }

    HostStartException Wrong(string name, string expected, string text) =>
        new($"{source}: {Dotted(name)} must be {expected}, but is '{text}'. Correct it and start again.");

    // Without the place in a list.
    static string Named(string key) =>
        string.Join(':', key.Split(':').TakeWhile(part => !IsPlace(part)));

    static bool IsPlace(string part) => part.All(char.IsAsciiDigit);

    static string Dotted(string name) => name.Replace(':', '.');
}
