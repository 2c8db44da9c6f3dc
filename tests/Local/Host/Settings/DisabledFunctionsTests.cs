using Atrium.Local.Host.Settings;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Tests.Settings;

public sealed class DisabledFunctionsTests
{
    [Theory]
    [InlineData("AzureWebJobs.Tick.Disabled", "true", true)]
    [InlineData("AzureWebJobs.Tick.Disabled", "True", true)]
    [InlineData("AzureWebJobs.Tick.Disabled", "1", true)]
    [InlineData("azurewebjobs.tick.disabled", "true", true)]
    [InlineData("AzureWebJobs:Tick:Disabled", "true", true)]
    [InlineData("AzureWebJobs.Tick.Disabled", "false", false)]
    [InlineData("AzureWebJobs.Tick.Disabled", "0", false)]
    [InlineData("AzureWebJobs.Tick.Disabled", "", false)]
    [InlineData("AzureWebJobs.Tock.Disabled", "true", false)]
    public void A_function_is_disabled_by_the_setting_with_its_name(string setting, string value, bool isDisabled)
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new(setting, value)]).Build();
        Assert.Equal(isDisabled, DisabledFunctions.Has(settings, "Tick"));
    }
}
