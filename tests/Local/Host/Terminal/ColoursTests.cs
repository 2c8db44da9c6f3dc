using Atrium.Local.Host.Terminal;

namespace Atrium.Local.Host.Tests.Terminal;

public sealed class ColoursTests
{
    [Theory]
    [InlineData(false, "", "xterm-256color", true)]
    [InlineData(false, null, null, true)]
    [InlineData(true, "", "xterm-256color", false)]
    [InlineData(false, "1", "xterm-256color", false)]
    [InlineData(false, "", "dumb", false)]
    public void Are_for_terminals_whose_user_has_not_declined(bool redirected, string? no, string? term, bool wanted) =>
        Assert.Equal(
            wanted,
            Colours.AreWanted(redirected, name => name switch { "NO_COLOR" => no, "TERM" => term, _ => null }));
}
