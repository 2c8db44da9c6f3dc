using System.Text.Json;
using Atrium.Local.Host.Stack;
using Atrium.Local.Host.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Tests.Stack;

public sealed class RunningTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly Running _running;

    public RunningTests()
    {
        var options = HostOptions.Parse([typeof(RunningTests).Assembly.Location]) with { State = State };
        Directory.CreateDirectory(State);
        _running = new(
            new(), new(new ConfigurationBuilder().Build(), options), options, new("http://localhost:1"), locked: false);
    }

    string State => Path.Combine(_folder.Path, "state");

    string RunningFile => Path.Combine(State, "running.json");

    [Fact]
    public void The_file_names_the_worker_that_runs_as_long_as_the_host_does()
    {
        _running.Write(11);
        _running.Write(12);
        Assert.Equal(
            12, JsonDocument.Parse(File.ReadAllText(RunningFile)).RootElement.GetProperty("workerProcess").GetInt32());

        _running.Dispose();

        Assert.Empty(Directory.EnumerateFileSystemEntries(State));
    }

    [Fact]
    public void A_worker_that_comes_while_the_host_ends_is_named_nowhere()
    {
        _running.Write(11);
        _running.Dispose();
        _running.Write(12);
        Assert.Empty(Directory.EnumerateFileSystemEntries(State));
    }

    [Fact]
    public void A_file_that_cannot_be_written_does_not_end_the_host_and_leaves_nothing_half_done()
    {
        Directory.CreateDirectory(RunningFile);
        Assert.Null(Record.Exception(() => _running.Write(11)));
        Assert.Equal([RunningFile], Directory.EnumerateFileSystemEntries(State));
    }

    [Fact]
    public void A_folder_that_has_gone_does_not_matter_at_the_end()
    {
        _running.Write(11);
        Directory.Delete(State, recursive: true);
        Assert.Null(Record.Exception(_running.Dispose));
    }

    public void Dispose()
    {
        _running.Dispose();
        _folder.Dispose();
    }
}
