using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Settings;

/// <summary>host.json as text that is known to be JSON; an absent file is an empty one.</summary>
internal sealed class HostJsonFile(string path)
{
    readonly JsonElement? _root = JsonFile.Read(path);

    public string Path => path;

    /// <summary>Whether it has no value at all: the real host takes such a file for its defaults.</summary>
    public bool IsEmpty => _root is not { } root || !root.EnumerateObject().Any();

    /// <summary>The file's values with overrides laid over them.</summary>
    /// <exception cref="HostStartException">The file names a value twice.</exception>
    public SettingReader With(IConfiguration overrides)
    {
        var builder = new ConfigurationBuilder();
        if (_root is { } root)
        {
            builder.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(root.GetRawText())));
        }

        try
        {
            return new(builder.AddConfiguration(overrides).Build(), path);
        }
        catch (Exception twice) when (twice is FormatException or InvalidDataException)
        {
            throw new HostStartException(
                $"{path}: {(twice.InnerException ?? twice).Message} Write each name once.", twice);
        }
    }
}
