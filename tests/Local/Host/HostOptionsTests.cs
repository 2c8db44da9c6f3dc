namespace Atrium.Local.Host.Tests;

public sealed class HostOptionsTests
{
    // Any file will do.
    static readonly string s_app = typeof(HostOptionsTests).Assembly.Location;

    [Theory]
    [InlineData("", null, false)]
    [InlineData("--port 8080", 8080, false)]
    [InlineData("--demo --port=0", 0, true)]
    public void Options_may_have_their_value_behind_a_blank_or_an_equals_sign(string arguments, int? port, bool demo)
    {
        var options = Parse(arguments);
        Assert.Equal((s_app, null, port, demo), (options.App, options.Fault, options.Port, options.Demo));
    }

    [Fact]
    public void Every_option_is_read()
    {
        var options = Parse("--state=some/where --clock-speed 2.5 --debug");
        Assert.Equal(
            ("some/where", 2.5, true, false), (options.State, options.ClockSpeed, options.Debug, options.Help));
        Assert.True(Parse("-h").Help);
        Assert.Equal((true, false), (Parse("--free-ports").FreePorts, options.FreePorts));
        Assert.Equal((true, false), (Parse("--functions").Functions, options.Functions));
        Assert.Equal((true, false), (Parse("--real-locks").RealLocks, options.RealLocks));
        Assert.Equal(
            (false, false, true),
            (options.StandardLimits, Parse("--limits none").StandardLimits, Parse("--limits=standard").StandardLimits));
        Assert.Equal(
            (false, false, true),
            (
                options.LocksEndWithLink, Parse("--locks queue").LocksEndWithLink,
                Parse("--locks=link").LocksEndWithLink));
    }

    [Theory]
    [InlineData("--port", "--port needs a value.")]
    [InlineData("--port=", "--port needs a value.")]
    [InlineData("--port -1", "--port takes a whole number from 0 (any free port) to 65535, not \"-1\".")]
    [InlineData("--port 65536", "not \"65536\"")]
    [InlineData("--port many", "not \"many\"")]
    [InlineData("--state", "--state needs a value.")]
    [InlineData("--clock-speed 0", "--clock-speed takes a number from 1 to 1000")]
    [InlineData("--clock-speed NaN", "--clock-speed takes a number from 1 to 1000")]
    [InlineData("--limits", "--limits needs a value.")]
    [InlineData("--limits premium", "--limits takes none or standard, not \"premium\".")]
    [InlineData("--locks", "--locks needs a value.")]
    [InlineData("--locks none", "--locks takes queue or link, not \"none\".")]
    [InlineData("--debug=yes", "There is no option \"--debug=yes\".")]
    [InlineData("start", "There is no option \"start\".")]
    public void What_is_wrong_is_one_sentence(string arguments, string sentence) =>
        Assert.Contains(sentence, Parse(arguments).Fault, StringComparison.Ordinal);

    [Fact]
    public void The_app_comes_first_and_exists()
    {
        Assert.Contains("The app's assembly must come first.", HostOptions.Parse([]).Fault, StringComparison.Ordinal);
        Assert.Contains(
            "The app's assembly must come first.", HostOptions.Parse(["--demo", s_app]).Fault,
            StringComparison.Ordinal);
        Assert.Contains(
            "there is no file /none/App.dll", HostOptions.Parse(["/none/App.dll"]).Fault, StringComparison.Ordinal);
    }

    static HostOptions Parse(string arguments) =>
        HostOptions.Parse([s_app, .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
}
