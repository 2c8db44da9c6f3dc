using System.Collections.Concurrent;
using Atrium.JavaScript;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class NpmPackagesTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("atrium-npm-").FullName;
    readonly ConcurrentQueue<string> _progress = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Installs_once_however_many_ask()
    {
        Write("package.json", """{ "name": "nothing", "version": "1.0.0" }""");
        Write("package-lock.json",
            """{ "lockfileVersion": 3, "packages": { "": { "name": "nothing", "version": "1.0.0" } } }""");

        await Task.WhenAll(Install(), Install(), Install());
        await Install();

        Assert.Single(_progress, line => line.StartsWith("Installing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Installs_again_when_the_lock_file_has_changed()
    {
        Write("package.json", """{ "name": "nothing", "version": "1.0.0" }""");
        Write("package-lock.json",
            """{ "lockfileVersion": 3, "packages": { "": { "name": "nothing", "version": "1.0.0" } } }""");
        await Install();
        Write("package-lock.json",
            """{ "name": "nothing", "lockfileVersion": 3, "packages": """
            + """{ "": { "name": "nothing", "version": "1.0.0" } } }""");
        await Install();

        Assert.Equal(2, _progress.Count(line => line.StartsWith("Installing", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Shows_what_npm_printed_when_it_fails_and_tries_again_the_next_time()
    {
        Write("package.json",
            """{ "name": "nothing", "version": "1.0.0", "dependencies": { "not-in-the-lock-file": "1.0.0" } }""");
        Write("package-lock.json",
            """{ "lockfileVersion": 3, "packages": { "": { "name": "nothing", "version": "1.0.0" } } }""");

        for (var i = 0; i < 2; i++)
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(Install);
            Assert.Contains("exit code", failure.Message, StringComparison.Ordinal);
            Assert.Contains("not-in-the-lock-file", failure.Message, StringComparison.Ordinal);
        }
    }

    Task Install() => NpmPackages.InstallAsync(_folder, _progress.Enqueue);

    void Write(string file, string content) => File.WriteAllText(Path.Combine(_folder, file), content);
}
