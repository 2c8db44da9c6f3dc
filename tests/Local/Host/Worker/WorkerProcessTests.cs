using Atrium.Local.Host.Worker;

namespace Atrium.Local.Host.Tests.Worker;

public sealed class WorkerProcessTests
{
    static readonly char Separator = Path.PathSeparator;

    [Theory]
    [InlineData(null, "host.dll")]
    [InlineData("", "host.dll")]
    [InlineData("theirs.dll", "theirs.dll|host.dll")]
    public void The_hosts_hook_stands_behind_the_developers_own(string? others, string all) =>
        Assert.Equal(all.Replace('|', Separator), WorkerProcess.WithHook(others, "host.dll"));

    [Fact]
    public void A_path_at_which_NET_would_split_the_list_is_refused_with_what_to_do()
    {
        var path = $"/work{Separator}2/host.dll";
        var message = Assert.Throws<HostStartException>(() => WorkerProcess.WithHook(null, path)).Message;
        Assert.Equal(
            $"The worker cannot be started from {path}: .NET splits a list of paths at each '{Separator}'. "
            + "Move the repository to a folder without that character in its path.",
            message);
    }
}
