using Atrium.Local.Emulators.ServiceBus;
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
    [InlineData(true)]
    [InlineData(false)]
    public void Locks_are_real_if_the_command_line_says_so(bool isSaid) => Assert.Equal(
        isSaid,
        new StackSettings(
            new ConfigurationBuilder().Build(),
            HostOptions.Parse([typeof(StackSettingsTests).Assembly.Location]) with { RealLocks = isSaid })
            .ServiceBus.RealLocks);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Locks_end_with_their_link_if_the_command_line_says_so(bool isSaid) => Assert.Equal(
        isSaid,
        new StackSettings(
            new ConfigurationBuilder().Build(),
            HostOptions.Parse([typeof(StackSettingsTests).Assembly.Location]) with { LocksEndWithLink = isSaid })
            .ServiceBus.LocksEndWithLink);

    [Theory]
    [InlineData("", false)]
    [InlineData("false", false)]
    [InlineData("True", true)]
    public void A_stop_cancels_if_the_settings_say_so(string value, bool cancels) =>
        Assert.Equal(cancels, Settings("LocalStack:StopCancels", value).StopCancels);

    [Fact]
    public void Whether_a_stop_cancels_is_said_by_true_or_false() => Assert.Contains(
        "LocalStack__StopCancels must be true or false; it is \"soon\"",
        Assert.Throws<HostStartException>(() => Settings("LocalStack:StopCancels", "soon").StopCancels).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("LocalStack:TablePort", "LocalStack__TablePort")]
    [InlineData("localstack:workerrestart", "LocalStack__workerrestart")]
    [InlineData("LocalStack:TablesPort", null)]
    [InlineData("localstack:tablesport", null)]
    [InlineData("Other:TablePort", null)]
    public void A_misspelt_setting_of_the_stand_ins_is_found(string key, string? named)
    {
        string[] expected = named is null ? [] : [named];

        Assert.Equal(expected, Settings(key, "1").Unknown);
    }

    [Theory]
    [InlineData("ServiceBus", "", true)]
    [InlineData("ServiceBus", "text", false)]
    [InlineData("ServiceBus:fullyQualifiedNamespace", "text", false)]
    [InlineData("ConnectionStrings:ServiceBus", "", true)]
    [InlineData("Other", "text", true)]
    public void Service_Bus_is_stood_in_for_unless_the_app_and_the_triggers_have_an_address(
        string key, string value, bool isNeeded) =>
        Assert.Equal(isNeeded, Settings(key, value).NeedsServiceBus);

    [Theory]
    [InlineData("AzureWebJobsServiceBus", "AzureWebJobsServiceBus")]
    [InlineData("ConnectionStrings:ServiceBus", "ConnectionStrings__ServiceBus")]
    [InlineData("ConnectionStrings:AzureWebJobsServiceBus", "ConnectionStrings__AzureWebJobsServiceBus")]
    [InlineData(
        "AzureWebJobsServiceBus:fullyQualifiedNamespace", "AzureWebJobsServiceBus__fullyQualifiedNamespace")]
    public void An_address_that_only_the_triggers_would_find_is_refused(string key, string named) =>
        Assert.StartsWith(
            $"The setting {named} names a Service Bus from which the triggers would take messages,",
            Assert.Throws<HostStartException>(() => Settings(key, "text").NeedsServiceBus).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_file_of_queues_there_are_the_apps(string? set) => Assert.Equal(
        Path.Combine(AppContext.BaseDirectory, "config.json"),
        Settings("LocalStack:ServiceBusConfig", set).ServiceBus.ConfigFile);

    [Theory]
    [InlineData(null, 10002)]
    [InlineData("", 10002)]
    [InlineData("0", 0)]
    [InlineData("65535", 65535)]
    public void A_stand_in_listens_where_the_settings_say(string? set, int port) =>
        Assert.Equal(port, Settings("LocalStack:TablesPort", set).Azurite.Port);

    [Theory]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("80x")]
    public void What_is_no_port_is_refused(string set) => Assert.Equal(
        $"The setting LocalStack__TablesPort must be a port from 0 to 65535, 0 for any free one; it is \"{set}\".",
        Assert.Throws<HostStartException>(() => Settings("LocalStack:TablesPort", set).Azurite).Message);

    [Theory]
    [InlineData("", 3)]
    [InlineData("0", 0)]
    [InlineData("1000", 1000)]
    public void A_worker_is_started_again_as_often_as_the_settings_say(string set, int restarts) =>
        Assert.Equal(restarts, Settings("LocalStack:WorkerRestarts", set).WorkerRestarts);

    [Theory]
    [InlineData("1001")]
    [InlineData("-1")]
    public void More_restarts_than_anybody_needs_are_refused(string set) => Assert.Equal(
        $"The setting LocalStack__WorkerRestarts must be a whole number from 0 to 1000; it is \"{set}\".",
        Assert.Throws<HostStartException>(() => Settings("LocalStack:WorkerRestarts", set).WorkerRestarts).Message);

    [Theory]
    [InlineData(null, ServiceBusTier.Standard)]
    [InlineData("Standard", ServiceBusTier.Standard)]
    [InlineData("premium", ServiceBusTier.Premium)]
    public void The_tier_is_the_one_that_the_settings_name(string? set, ServiceBusTier tier) =>
        Assert.Equal(tier, Settings("LocalStack:ServiceBusTier", set).ServiceBus.Tier);

    [Theory]
    [InlineData("basic")]
    [InlineData("1")]
    [InlineData("+1")]
    [InlineData("Standard,Premium")]
    public void What_is_no_tier_is_refused(string set) => Assert.Equal(
        $"The setting LocalStack__ServiceBusTier must be Standard or Premium; it is \"{set}\".",
        Assert.Throws<HostStartException>(() => Settings("LocalStack:ServiceBusTier", set).ServiceBus).Message);

    static StackSettings Settings(string key, string? value) => new(
        new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build(),
        HostOptions.Parse([typeof(StackSettingsTests).Assembly.Location]));
}
