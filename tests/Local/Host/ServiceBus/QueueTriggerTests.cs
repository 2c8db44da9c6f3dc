using Atrium.Local.Host.ServiceBus;
using Atrium.Local.Host.Settings;
using Atrium.Local.Host.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Tests.ServiceBus;

public sealed class QueueTriggerTests
{
    static readonly IConfiguration s_settings = new ConfigurationBuilder()
        .AddInMemoryCollection([new("Queue", "from-a-setting"), new("Bus", "Other")])
        .Build();
    static readonly ServiceBusSettings s_manual =
        ServiceBusSettings.Read(new(s_settings, "host.json")) with { AutoCompleteMessages = false };

    [Fact]
    public void The_attribute_goes_before_host_json()
    {
        var trigger = Read(new
        {
            type = "serviceBusTrigger",
            name = "message",
            queueName = "%Queue%",
            connection = "%Bus%",
            autoCompleteMessages = true,
        });
        Assert.Equal(("from-a-setting", "Other", true), (trigger.Queue, trigger.Connection, trigger.AutoComplete));
    }

    [Fact]
    public void Where_it_is_silent_host_json_and_the_defaults_decide()
    {
        var trigger = Read(new { type = "serviceBusTrigger", name = "message", queueName = "plain" });
        Assert.Equal(("plain", "ServiceBus", false), (trigger.Queue, trigger.Connection, trigger.AutoComplete));
    }

    [Fact]
    public void What_the_local_host_does_not_do_is_refused()
    {
        Assert.Contains(
            "one message at a time",
            Refusal(new { type = "serviceBusTrigger", name = "m", queueName = "q", cardinality = "Many" }),
            StringComparison.Ordinal);
        Assert.Contains(
            "without sessions",
            Refusal(new { type = "serviceBusTrigger", name = "m", queueName = "q", isSessionsEnabled = true }),
            StringComparison.Ordinal);
        Assert.Contains(
            "it names no queue",
            Refusal(new { type = "serviceBusTrigger", name = "m", topicName = "t", subscriptionName = "s" }),
            StringComparison.Ordinal);
        Assert.Contains(
            "names the setting Missing",
            Refusal(new { type = "serviceBusTrigger", name = "m", queueName = "%Missing%" }), StringComparison.Ordinal);
    }

    static QueueTrigger Read(object trigger) =>
        QueueTrigger.Read(AFunction.Named("Handle", trigger), s_settings, s_manual);

    static string Refusal(object trigger) => Assert.Throws<HostStartException>(() => Read(trigger)).Message;
}
