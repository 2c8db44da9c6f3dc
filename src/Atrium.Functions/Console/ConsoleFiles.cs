using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Console;

/// <summary>
/// The files of the admin's page: those of <c>wwwroot</c>, which are built, committed and embedded, each also
/// compressed; and <c>theme.css</c>, which is made of a setting, since the page allows no style but in a file.
/// </summary>
internal sealed partial class ConsoleFiles
{
    /// <summary>The file that the page is.</summary>
    public const string Index = "index.html";

    /// <summary>What the page that embeds this one loads.</summary>
    public const string Embed = "embed.js";

    const string Theme = "theme.css";
    const string ThemeLink = $"<link rel=\"stylesheet\" href=\"{Theme}\">\n";
    const string Prefix = "console/";

    // In the order in which they are preferred.
    static readonly (string Name, string Suffix)[] Codings = [("br", ".br"), ("gzip", ".gz")];

    static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".json"] = "application/json",
        [".svg"] = "image/svg+xml",
        [".txt"] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary();

    readonly FrozenDictionary<string, ConsoleFile> _files;

    public ConsoleFiles(IOptions<PortalOptions> options)
    {
        var embedded = typeof(ConsoleFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToDictionary(name => name[Prefix.Length..], Read);
        embedded[Theme] = Encoding.UTF8.GetBytes(Css(options.Value.Accent));
        if (embedded[Theme].Length == 0)
        {
            LeaveOutTheme(embedded);
        }

        _files = embedded.Where(file => Types.ContainsKey(Path.GetExtension(file.Key)))
            .ToFrozenDictionary(file => file.Key, file => Of(file.Key, embedded));
    }

    /// <returns>Null when there is no such file.</returns>
    public ConsoleFile? Find(string name) => _files.GetValueOrDefault(name);

    static ConsoleFile Of(string name, Dictionary<string, byte[]> all) => new(
        Types[Path.GetExtension(name)],
        IsHashed().IsMatch(name),
        [
            .. from coding in Codings
               where all.ContainsKey(name + coding.Suffix)
               select Variant(coding.Name, all[name + coding.Suffix]),
            Variant(null, all[name]),
        ]);

    static ConsoleVariant Variant(string? coding, byte[] bytes) =>
        new(coding, bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"");

    // One colour for light and dark: white text is legible on it. As text on dark, the page lightens it.
    static string Css(string? accent) =>
        Colour.Parse(accent ?? "") is { } colour ? $":root {{ --atrium-accent: {colour}; }}\n" : "";

    // Without a colour there is nothing in it, and the page has one file less to wait for.
    static void LeaveOutTheme(Dictionary<string, byte[]> all)
    {
        var page = Encoding.UTF8.GetString(all[Index]).Replace(ThemeLink, "", StringComparison.Ordinal);
        all[Index] = Encoding.UTF8.GetBytes(page);
        all[$"{Index}.br"] = Compress(page, to => new BrotliStream(to, CompressionLevel.SmallestSize));
        all[$"{Index}.gz"] = Compress(page, to => new GZipStream(to, CompressionLevel.SmallestSize));
    }

    static byte[] Compress(string text, Func<Stream, Stream> coding)
    {
        using var compressed = new MemoryStream();
        using (var stream = coding(compressed))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return compressed.ToArray();
    }

    static byte[] Read(string resource)
    {
        using var stream = typeof(ConsoleFiles).Assembly.GetManifestResourceStream(resource)!;
        return BinaryData.FromStream(stream).ToArray();
    }

    // As esbuild names what it makes: console-QK2VXH7A.js.
    [GeneratedRegex(@"-[A-Z0-9]{8}\.[a-z]+\z")]
    private static partial Regex IsHashed();
}

/// <summary>A file of the page.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="IsHashed">Whether its name changes with its content, so that it can be kept for ever.</param>
/// <param name="Variants">The preferred first, the plain one last.</param>
internal sealed record ConsoleFile(string ContentType, bool IsHashed, IReadOnlyList<ConsoleVariant> Variants);

/// <summary>A file in one coding.</summary>
/// <param name="Coding">The name in <c>Content-Encoding</c>; null for the plain file.</param>
/// <param name="Bytes">What is sent.</param>
/// <param name="ETag">Quoted; of these bytes.</param>
internal sealed record ConsoleVariant(string? Coding, byte[] Bytes, string ETag);
