using Atrium.JavaScript;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class NodeScriptTests : IDisposable
{
    readonly string _script = Path.Combine(Directory.CreateTempSubdirectory("atrium-node-").FullName, "script.mjs");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_script)!, recursive: true);

    [Fact]
    public async Task Gives_arguments_and_answers_to_the_script_and_returns_what_it_prints()
    {
        Write("""
            process.stdin.once('data', line => { console.log('answered', String(line).trim()); process.exit(0); });
            console.log(process.argv[2]);
            """);

        var output = await NodeScript.RunAsync(
            _script, ["a question"], line => Task.FromResult(line == "a question" ? "so be it" : null));

        Assert.Equal(
            ["a question", "answered so be it"],
            output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Shows_what_a_failing_script_printed()
    {
        Write("console.log('out'); console.error('err'); process.exitCode = 3;");

        var failure = await Assert.ThrowsAsync<NodeScriptFailedException>(() => NodeScript.RunAsync(_script, []));

        Assert.Contains("script.mjs ended with exit code 3", failure.Message, StringComparison.Ordinal);
        Assert.Contains("out", failure.Message, StringComparison.Ordinal);
        Assert.Contains("err", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_a_script_that_hangs_at_the_deadline()
    {
        Write("setInterval(() => {}, 1_000_000);");

        var failure = await Assert.ThrowsAsync<NodeScriptFailedException>(
            () => NodeScript.RunAsync(_script, [], deadline: TimeSpan.FromSeconds(1)));

        Assert.Contains("did not end within 1 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_a_script_whose_question_fails()
    {
        Write("process.stdin.resume(); console.log('question');");

        await Assert.ThrowsAsync<FormatException>(
            () => NodeScript.RunAsync(_script, [], _ => throw new FormatException("no answer")));
    }

    void Write(string script) => File.WriteAllText(_script, script);
}
