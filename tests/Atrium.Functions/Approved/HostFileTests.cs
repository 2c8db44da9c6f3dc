namespace Atrium.Functions.Tests.Approved;

public sealed class HostFileTests
{
    [Fact]
    public void The_host_file_is_as_approved() =>
        Approval.Verify(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")), "host");
}
