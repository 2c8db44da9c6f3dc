using System.IO.Compression;
using Atrium.JavaScript;
using Atrium.Processes;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

/// <summary>That what the app embeds of the admin's page is made of the sources that lie beside it.</summary>
public sealed class ConsoleBundleTests(ITestOutputHelper output)
{
    static readonly string Page = Path.Combine(AppContext.BaseDirectory, "page");
    static readonly string Sources = Path.Combine(Page, "src", "Console");

    static string Committed { get; } = ChildProcess.Built("Bundle");

    [Fact]
    public async Task Made_again_the_bundle_is_the_one_that_is_committed()
    {
        await NpmPackages.InstallAsync(Sources, output.WriteLine);
        output.WriteLine(await NodeScript.RunAsync(Path.Combine(Sources, "build.mjs"), []));

        var made = Path.Combine(Page, "src", "Atrium.Functions", "Console", "wwwroot");
        Assert.Equal(Names(made), Names(Committed));
        // Another Node.js may compress otherwise.
        Assert.All(Names(made).Where(name => !IsCompressed(name)), name => Assert.Equal(
            File.ReadAllBytes(Path.Combine(made, name)), File.ReadAllBytes(Path.Combine(Committed, name))));
        Assert.All(Names(Committed).Where(IsCompressed), name => Assert.Equal(
            File.ReadAllBytes(Path.Combine(Committed, Path.GetFileNameWithoutExtension(name))), Expanded(name)));
    }

    [Fact]
    public async Task Text_that_would_be_the_same_in_all_languages_is_refused()
    {
        await NpmPackages.InstallAsync(Sources, output.WriteLine);
        var planted = Path.Combine(Sources, "planted.tsx");
        await File.WriteAllTextAsync(
            planted, "void <b title=\"aloud\">{1}{' · '}{[].length ? 'shown' : ''} below</b>;\n");
        try
        {
            var failed = await Assert.ThrowsAsync<NodeScriptFailedException>(
                () => NodeScript.RunAsync(Path.Combine(Sources, "build.mjs"), []));

            Assert.All(["aloud", "shown", "below"], text => Assert.Contains(
                $"planted.tsx:1: {text}", failed.Message, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(planted);
        }
    }

    [Fact]
    public async Task Its_types_are_those_of_the_description_of_the_api()
    {
        await NpmPackages.InstallAsync(Sources, output.WriteLine);
        using var folder = new TemporaryFolder();
        var made = Path.Combine(folder.Path, "api.d.ts");
        await NodeScript.RunAsync(Path.Combine(Sources, "types.mjs"), [made]);

        Assert.Equal(
            await File.ReadAllTextAsync(made),
            await File.ReadAllTextAsync(Path.Combine(Sources, "api", "api.d.ts")));
    }

    static IEnumerable<string> Names(string folder) =>
        Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    static bool IsCompressed(string name) => Path.GetExtension(name) is ".br" or ".gz";

    static byte[] Expanded(string name)
    {
        using var file = File.OpenRead(Path.Combine(Committed, name));
        using Stream expanding = Path.GetExtension(name) == ".br"
            ? new BrotliStream(file, CompressionMode.Decompress)
            : new GZipStream(file, CompressionMode.Decompress);
        using var expanded = new MemoryStream();
        expanding.CopyTo(expanded);
        return expanded.ToArray();
    }
}
