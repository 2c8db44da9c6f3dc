using Atrium.Local.Host.Settings;
using Atrium.Local.Host.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Tests.Settings;

public sealed class HostJsonTests : IDisposable
{
    readonly TempFolder _folder = new();

    [Fact]
    public void An_empty_file_means_the_real_hosts_defaults()
    {
        var host = Read("{}");
        Assert.Equal("api", host.RoutePrefix);
        Assert.Equal(TimeSpan.FromMinutes(5), host.FunctionTimeout);
        Assert.Equal(0, host.ServiceBus.PrefetchCount);
        Assert.True(host.ServiceBus.AutoCompleteMessages);
        Assert.Equal(16 * Environment.ProcessorCount, host.ServiceBus.MaxConcurrentCalls);
        Assert.Equal(TimeSpan.FromMinutes(5), host.ServiceBus.MaxAutoLockRenewalDuration);
        Assert.Equal(
            new(true, 3, TimeSpan.FromMilliseconds(800), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)),
            host.ServiceBus.Retry);
    }

    [Fact]
    public void Reads_what_is_written()
    {
        var host = Read("""
            {
              "version": "2.0", "functionTimeout": "00:10:00",
              "extensions": {
                "http": { "routePrefix": "/v1/" },
                "serviceBus": {
                  "prefetchCount": 7, "autoCompleteMessages": false, "maxConcurrentCalls": 128,
                    "maxAutoLockRenewalDuration": "00:02:00",
                  "clientRetryOptions": { "mode": "Fixed", "tryTimeout": "00:00:10", "delay": "00:00:02",
                    "maxDelay": "00:00:20", "maxRetries": 5 }
                }
              }
            }
            """);
        Assert.Equal("v1", host.RoutePrefix);
        Assert.Equal(TimeSpan.FromMinutes(10), host.FunctionTimeout);
        Assert.Equal(
            (7, false, 128),
            (host.ServiceBus.PrefetchCount, host.ServiceBus.AutoCompleteMessages, host.ServiceBus.MaxConcurrentCalls));
        Assert.Equal(TimeSpan.FromMinutes(2), host.ServiceBus.MaxAutoLockRenewalDuration);
        Assert.Equal(
            new(false, 5, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10)),
            host.ServiceBus.Retry);
    }

    [Fact]
    public void A_timeout_of_minus_1_is_none() =>
        Assert.Equal(Timeout.InfiniteTimeSpan, Read("""{"version":"2.0","functionTimeout":"-1"}""").FunctionTimeout);

    [Fact]
    public void A_setting_does_not_stand_in_for_the_version_of_a_file()
    {
        var message = Assert.Throws<HostStartException>(
            () => Read("""{"functionTimeout":"00:01:00"}""", ("AzureFunctionsJobHost:version", "2.0"))).Message;
        Assert.Contains("version is missing", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_empty_one() =>
        Assert.Equal("api", HostJson.Read(new(Path.Combine(_folder.Path, "none")), Settings()).RoutePrefix);

    [Fact]
    public void A_setting_goes_before_the_file()
    {
        var host = Read(
            """{"version":"2.0","extensions":{"serviceBus":{"maxConcurrentCalls":5,"prefetchCount":2}}}""",
            ("AzureFunctionsJobHost:extensions:serviceBus:maxConcurrentCalls", "9"));
        Assert.Equal((9, 2), (host.ServiceBus.MaxConcurrentCalls, host.ServiceBus.PrefetchCount));
    }

    [Fact]
    public void A_prefix_that_the_worker_does_not_read_is_refused()
    {
        const string Setting = "AzureFunctionsJobHost:extensions:http:routePrefix";
        const string Written = """{"version":"2.0","extensions":{"http":{"routePrefix":"hooks"}}}""";
        Assert.Equal("hooks", Read(Written, (Setting, "hooks")).RoutePrefix);
        var message = Assert.Throws<HostStartException>(() => Read("{}", (Setting, "hooks"))).Message;
        Assert.Contains("is 'api' in ", message, StringComparison.Ordinal);
        Assert.Contains(
            "'hooks' by the setting AzureFunctionsJobHost__extensions__http__routePrefix", message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_read_is_named_once_wherever_it_stands()
    {
        var host = Read(
            """
            {
              "$schema": "https://json.schemastore.org/host.json", "version": "2.0", "telemetryMode": "OpenTelemetry",
              "functions": [ "One", "Two" ],
              "concurrency": { "dynamicConcurrencyEnabled": true },
              "logging": {
                "logLevel": { "default": "Warning" }, "console": { "logLevel": { "default": "Error" } },
                "applicationInsights": { "samplingSettings": { "isEnabled": true } }
              },
              "extensions": {
                "http": { "routePrefix": "api", "maxConcurrentRequests": 9 },
                "serviceBus": { "PrefetchCount": 1, "transportType": "amqpWebSockets",
                  "clientRetryOptions": { "maxRetries": 2 } }
              }
            }
            """,
            ("AzureFunctionsJobHost:extensions:serviceBus:webProxy", "http://proxy.example"),
            ("AzureFunctionsJobHost:functionTimeout", "00:01:00"));
        Assert.Equal(
            [
                "concurrency.dynamicConcurrencyEnabled", "extensions.http.maxConcurrentRequests",
                "extensions.serviceBus.transportType", "extensions.serviceBus.webProxy", "functions",
                "logging.applicationInsights.samplingSettings.isEnabled",
            ],
            host.Unread);
    }

    [Theory]
    [InlineData("""{"version":"2.0","logging":{"logLevel":"Warning"}}""", "logging.logLevel")]
    [InlineData("""{"version":"2.0","logging":{"logLevel":["Warning"]}}""", "logging.logLevel")]
    [InlineData("""{"version":"2.0","logging":{"logLevel":{"App":{"Part":"Warning"}}}}""", "logging.logLevel.App.Part")]
    [InlineData("""{"version":"2.0","logging":{"console":{"logLevel":"Warning"}}}""", "logging.console.logLevel")]
    [InlineData("""{"version":"2.0","logging":["Warning"]}""", "logging")]
    [InlineData("""{"version":"2.0","extensions":{"serviceBus":[1]}}""", "extensions.serviceBus")]
    [InlineData("""{"version":"2.0","extensions":true}""", "extensions")]
    public void A_value_where_a_section_belongs_is_named_too(string content, string name) =>
        Assert.Equal([name], Read(content).Unread);

    [Theory]
    [InlineData("{ nope", "is not valid JSON at line 1, position 3")]
    [InlineData("{\n  \"version\": \"\\ud800\"\n}", "is not valid JSON at line 2, position 14: A text has half ")]
    [InlineData("""{"\ud800":1}""", "is not valid JSON at line 1, position 2: A text has half ")]
    [InlineData(
        """{"version":"2.0","logging":{"logLevel":{"A.*.B.*":"Warning"}}}""",
        "logging.logLevel.A.*.B.* names a category with several asterisks, and may have one.")]
    [InlineData("""{"version":"1.0"}""", "version is '1.0'")]
    [InlineData("""{"version":""}""", "version is missing")]
    [InlineData("""{"version":null}""", "version is missing")]
    [InlineData("""{"functionTimeout":"00:01:00"}""", "version is missing")]
    [InlineData("""{"a":1,"a":2}""", "Write each name once.")]
    [InlineData(
        """{"version":"2.0","functionTimeout":"soon"}""",
        "functionTimeout must be a time span like hh:mm:ss from 00:00:01 to 1.00:00:00, or -1 for no end, "
        + "but is 'soon'")]
    [InlineData("""{"version":"2.0","functionTimeout":"00:00:00"}""", "functionTimeout must be")]
    [InlineData(
        """{"version":"2.0","extensions":{"serviceBus":{"maxConcurrentCalls":0}}}""",
        "extensions.serviceBus.maxConcurrentCalls must be a whole number from 1 to 10000, but is '0'")]
    [InlineData("""{"version":"2.0","extensions":{"serviceBus":{"maxConcurrentCalls":"many"}}}""", "but is 'many'")]
    [InlineData(
        """{"version":"2.0","extensions":{"serviceBus":{"maxConcurrentCalls":{"a":1}}}}""",
        "but is an object or a list")]
    [InlineData(
        """{"version":"2.0","extensions":{"serviceBus":{"prefetchCount":-1}}}""",
        "extensions.serviceBus.prefetchCount must be")]
    [InlineData(
        """{"version":"2.0","extensions":{"serviceBus":{"autoCompleteMessages":"no"}}}""",
        "extensions.serviceBus.autoCompleteMessages must be true or false, but is 'no'")]
    [InlineData(
        """{"version":"2.0","extensions":{"serviceBus":{"maxAutoLockRenewalDuration":"-00:00:01"}}}""",
        "extensions.serviceBus.maxAutoLockRenewalDuration must be")]
    [InlineData(
        """{"version":"2.0","extensions":{"serviceBus":{"clientRetryOptions":{"maxRetries":101}}}}""",
        "maxRetries must be a whole number from 0 to 100")]
    [InlineData(
        """{"version":"2.0","extensions":{"serviceBus":{"clientRetryOptions":{"mode":"never"}}}}""",
        "mode must be exponential or fixed")]
    [InlineData(
        """{"version":"2.0","logging":{"logLevel":{"default":"Warn"}}}""",
        "logging.logLevel.default must be one of Trace, Debug, Information, Warning, Error, Critical, None, "
        + "but is 'Warn'")]
    [InlineData(
        """{"version":"2.0","logging":{"console":{"logLevel":{"Host.Results":"on"}}}}""",
        "logging.console.logLevel.Host.Results must be one of")]
    [InlineData(
        """{"version":"2.0","logging":{"applicationInsights":{"logLevel":{"default":true}}}}""",
        "logging.applicationInsights.logLevel.default must be one of")]
    public void What_is_wrong_is_one_sentence_with_the_name(string content, string sentence)
    {
        var message = Assert.Throws<HostStartException>(() => Read(content)).Message;
        Assert.Contains("host.json", message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    public void Dispose() => _folder.Dispose();

    HostJson Read(string content, params (string Name, string Value)[] settings) => HostJson.Read(
        new(_folder.Write(HostJson.FileName, content)), Settings(settings));

    static IConfigurationRoot Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value))
            .Build();
}
