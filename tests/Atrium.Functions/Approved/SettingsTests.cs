using System.Text.RegularExpressions;
using Atrium.Functions.Access;
using Atrium.Functions.Console;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;

namespace Atrium.Functions.Tests.Approved;

public sealed partial class SettingsTests
{
    static readonly string Sample = File.ReadAllText(
        Path.Combine(AppContext.BaseDirectory, "local.settings.sample.json"));

    [Theory]
    [InlineData(typeof(EgressOptions), EgressOptions.Section)]
    [InlineData(typeof(DeliveryOptions), DeliveryOptions.Section)]
    [InlineData(typeof(AccessOptions), AccessOptions.Section)]
    [InlineData(typeof(DeadLetterOptions), DeadLetterOptions.Section)]
    [InlineData(typeof(PortalOptions), PortalOptions.Section)]
    [InlineData(typeof(CreditOptions), CreditOptions.Section)]
    public void Each_option_is_explained_in_the_sample(Type options, string section) => Assert.All(
        options.GetProperties().Where(property => property.CanWrite),
        property => Assert.Contains($"\"{section}__{property.Name}", Sample, StringComparison.Ordinal));

    [Fact]
    public void The_names_of_all_settings_are_as_approved() => Approval.Verify(
        string.Concat(SettingName().Matches(Sample).Select(match => match.Groups[1].Value + "\n")), "settings");

    [GeneratedRegex("""^ +(?:// )?"([A-Za-z_0-9]+)": "[^"]*",?$""", RegexOptions.Multiline)]
    private static partial Regex SettingName();
}
