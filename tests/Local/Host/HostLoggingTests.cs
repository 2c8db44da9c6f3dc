using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.Tests;

public sealed class HostLoggingTests
{
    static readonly IConfiguration s_empty = Of();

    [Theory]
    [InlineData("Logging:LogLevel:Default", "Verbose", "The setting Logging__LogLevel__Default must be one of Trace, ")]
    [InlineData("logging:console:loglevel:A.B", "on", "The setting Logging__console__loglevel__A.B must be one of ")]
    public void A_level_that_is_none_is_one_sentence_with_the_settings_name(string key, string level, string sentence)
    {
        var refused = Assert.Throws<HostStartException>(() => HostLogging.Create(s_empty, Of((key, level)), false));
        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"but is '{level}'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Logging:LogLevel", "Logging__LogLevel")]
    [InlineData("Logging:Console:LogLevel", "Logging__Console__LogLevel")]
    public void A_level_that_is_for_nothing_is_one_sentence_with_the_settings_name(string key, string name) =>
        Assert.Equal(
            $"The setting {name} says 'Warning', but not for what. Call it {name}__Default for all.",
            Assert.Throws<HostStartException>(
                () => HostLogging.Create(s_empty, Of((key, "Warning")), quiet: false)).Message);

    [Fact]
    public void A_category_with_two_asterisks_is_one_sentence_with_the_settings_name()
    {
        var settings = Of(("Logging:LogLevel:A.*.B.*", "Warning"));
        Assert.StartsWith(
            "The setting Logging__LogLevel__A.*.B.* names a category with several asterisks, ",
            Assert.Throws<HostStartException>(() => HostLogging.Create(s_empty, settings, false)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Levels_of_the_settings_go_before_those_of_host_json()
    {
        using var loggers = HostLogging.Create(
            Of(("logLevel:App", "Error"), ("logLevel:Other", "debug"), ("console:formatterName", "json")),
            Of(("Logging:LogLevel:App", "Trace"), ("Logging:LogLevel:Default", "")), quiet: false);
        Assert.True(loggers.CreateLogger("App").IsEnabled(LogLevel.Trace));
        Assert.True(loggers.CreateLogger("Other").IsEnabled(LogLevel.Debug));
        Assert.False(loggers.CreateLogger("Else").IsEnabled(LogLevel.Debug));
    }

    static IConfiguration Of(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value))
            .Build();
}
