using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Atrium.JavaScript;

namespace Atrium.EndToEnd;

public sealed class WalkthroughTests
{
    // What the page tells its readers to start the app with.
    const int ClockSpeed = 60;

    const string Mark = "@@ block ";

    // Twenty seconds of attempts, and some of everything else; a machine may be ten times as slow.
    static readonly TimeSpan Deadline = TimeSpan.FromMinutes(8);

    static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "admin-api.md"));

    [Fact]
    public async Task The_walk_through_works_as_it_stands_and_its_answers_are_those_that_it_shows()
    {
        using var state = new TemporaryFolder();
        await using var app = await RunningApp.StartAsync(state, ClockSpeed);
        var steps = WalkPage.Read(Page);

        var outputs = await ExecuteAsync(steps, new Uri(app.Http.BaseAddress!, "api"));

        Assert.Equal(steps.Count, outputs.Count);
        Assert.Empty(steps.Zip(outputs).SelectMany(pair => Deviations(pair.First, pair.Second)));
    }

    [Fact]
    public void The_page_says_how_fast_the_clock_has_to_be() =>
        Assert.Contains($"--clock-speed {ClockSpeed}\n", Page, StringComparison.Ordinal);

    [Fact]
    public void The_page_shows_what_most_blocks_answer() =>
        Assert.True(WalkPage.Read(Page).Count(step => step.Json is not null) > 20);

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1,"b":2}""", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{"a":1}""", """{"b":1}""", false)]
    [InlineData("""{"a":"x…"}""", """{"a":"xy"}""", true)]
    [InlineData("""{"a":"x…"}""", """{"a":"yx"}""", false)]
    [InlineData("""{"a":"x…"}""", """{"a":"x"}""", false)]
    [InlineData("""[{"a":1}]""", """[{"a":2},{"a":1}]""", true)]
    [InlineData("""[{"a":1}]""", """[{"a":2}]""", false)]
    [InlineData("[1,2]", "[1,2,3]", false)]
    [InlineData("""{"a":null}""", """{"a":0}""", false)]
    public void What_a_page_shows_is_held_against_the_answer(string shown, string actual, bool contained) =>
        Assert.Equal(
            contained,
            !Containment.Missing(JsonDocument.Parse(shown).RootElement, JsonDocument.Parse(actual).RootElement).Any());

    static async Task<IReadOnlyList<string>> ExecuteAsync(IReadOnlyList<WalkStep> steps, Uri atrium)
    {
        using var folder = new TemporaryFolder();
        var script = new StringBuilder("set -e -o pipefail\n");
        foreach (var step in steps)
        {
            script.Append("echo; echo '").Append(Mark).Append(step.Line).Append("'\n").Append(step.Commands);
        }

        var file = Path.Combine(folder.Path, "walk.sh");
        await File.WriteAllTextAsync(file, script.ToString());
        var start = new ProcessStartInfo("bash", [file]) { WorkingDirectory = folder.Path };
        start.Environment["ATRIUM"] = atrium.AbsoluteUri;
        start.Environment["TMPDIR"] = folder.Path;
        var result = await DeadlineProcess.RunAsync(start, Deadline, _ => Task.FromResult<string?>(null), default);
        Assert.True(
            result.ExitCode == 0,
            $"A command of docs/admin-api.md failed, or took longer than {Deadline} "
            + $"({result.ExitCode}):\n{result.Output}");
        return [.. result.Output.Split(Mark)[1..]
            .Select(block => block[(block.IndexOf('\n', StringComparison.Ordinal) + 1)..].Trim())];
    }

    static IEnumerable<string> Deviations(WalkStep step, string output)
    {
        var text = step.Text is { } shown && shown != output ? [$"the output is {output}"] : Array.Empty<string>();
        var json = step.Json is { } essential
            ? Containment.Missing(JsonDocument.Parse(essential).RootElement, JsonDocument.Parse(output).RootElement)
            : [];
        return text.Concat(json)
            .Select(deviation => $"admin-api.md, line {step.Line}: {deviation}. The answer was {output}");
    }
}
