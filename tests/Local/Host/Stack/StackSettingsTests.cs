using Atrium.Local.Host.Stack;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Tests.Stack;

public sealed class StackSettingsTests
{
    [Theory]
    [InlineData(true, null, 700)]
    [InlineData(true, "300", null)]
    [InlineData(false, null, null)]
    [InlineData(false, "300", null)]
    public void A_throttled_namespace_gives_the_app_what_Azure_does_unless_the_settings_say_it(
        bool isThrottled, string? set, int? given)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Credits:PerSecond", set)]).Build();
        var options = HostOptions.Parse([typeof(StackSettingsTests).Assembly.Location]) with
        {
            StandardLimits = isThrottled,
        };

        Assert.Equal(given, new StackSettings(configuration, options).CreditsPerSecond);
    }

    [Theory]
    [InlineData("LocalStack:TablePort", "LocalStack__TablePort")]
    [InlineData("localstack:workerrestart", "LocalStack__workerrestart")]
    [InlineData("LocalStack:TablesPort", null)]
    [InlineData("localstack:tablesport", null)]
    [InlineData("Other:TablePort", null)]
    public void A_misspelt_setting_of_the_stand_ins_is_found(string key, string? named)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(key, "1")]).Build();
        var options = HostOptions.Parse([typeof(StackSettingsTests).Assembly.Location]);
        string[] expected = named is null ? [] : [named];

        Assert.Equal(expected, new StackSettings(configuration, options).Unknown);
    }
}
