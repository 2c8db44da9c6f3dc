using System.Net;
using System.Net.Sockets;
using Atrium.Local.Host.Tests.Support;
using Atrium.Local.Host.Worker;
using Atrium.Processes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Host.Tests.Life;

/// <summary>What does not start says why in one sentence, and ends with exit code 1.</summary>
public sealed class StartTests
{
    [Theory]
    // What the worker itself says of it stands above.
    [InlineData(
        "FailFast", "The app has ended by itself, with exit code 134, before it was ready.", "The sample fails fast.")]
    [InlineData("Exit", "The app has ended by itself, with exit code 3, before it was ready.", null)]
    [InlineData("Throw", "The app has ended by itself, with exit code 134, before it was ready.", "The sample throws.")]
    [InlineData("InvalidOptions", "The settings are not valid: Sample:Most must be above zero.", null)]
    [InlineData("WithoutFunctions", "The app has no functions.", null)]
    [InlineData("WithoutWebApplication", "Call builder.ConfigureFunctionsWebApplication() before it is built.", null)]
    public async Task An_app_that_does_not_start(string start, string sentence, string? before)
    {
        using var setup = new HostSetup();
        setup.Settings["Sample__Start"] = start;
        var errors = await FailedAsync(setup);
        Assert.Contains(sentence, errors[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(errors, line => line.Contains("at Atrium.Local.Host", StringComparison.Ordinal));
        if (before is null)
        {
            Assert.Single(errors);
        }
        else
        {
            Assert.Contains(errors, line => line.Contains(before, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_app_that_lost_the_port_that_it_had_picked_is_started_once_more()
    {
        await using var host = await RunningHost.StartAsync(
            setup => setup.Settings["Sample__Start"] = "PortTakenFromTheFirst");
        Assert.Single(host.Process.Errors, StartFailure.PortTaken);
    }

    [Fact]
    public async Task An_app_that_always_loses_its_port_is_started_as_often_as_one_that_dies()
    {
        using var setup = new HostSetup();
        setup.Settings["Sample__Start"] = "PortTakenFromEach";
        var errors = await FailedAsync(setup);
        Assert.Equal(Enumerable.Repeat(StartFailure.PortTaken, 1 + RestartBudget.Default), errors);
    }

    [Fact]
    public async Task A_setting_that_a_function_names_and_nobody_has_set()
    {
        using var setup = new HostSetup();
        setup.Settings.Remove("ManualQueue");
        Assert.Contains(
            "names the setting ManualQueue, which is not set.", Assert.Single(await FailedAsync(setup)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Endpoint", "cannot be used: ")]
    [InlineData(
        "Endpoint=sb://real.example/;SharedAccessKeyName=own;SharedAccessKey=a2V5;EntityPath=silent",
        "is for silent alone (EntityPath), and the queue is ")]
    public async Task A_connection_that_cannot_be_used(string connection, string why)
    {
        using var setup = new HostSetup();
        setup.Settings["ServiceBus"] = connection;
        var sentence = Assert.Single(await FailedAsync(setup));
        Assert.StartsWith(
            "The Service Bus connection in the setting ServiceBus", sentence, StringComparison.Ordinal);
        Assert.Contains(why, sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nobody_has_foreseen_is_one_sentence_and_where_it_came_about()
    {
        using var setup = new HostSetup();
        setup.Settings["AZURE_TOKEN_CREDENTIALS"] = "nothing that there is";
        var lines = await FailedAsync(setup);
        var sentence = lines[0];
        Assert.StartsWith(
            "The local host cannot go on, for a reason not foreseen (InvalidOperationException): ", sentence,
            StringComparison.Ordinal);
        Assert.Contains("AZURE_TOKEN_CREDENTIALS", sentence, StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains("at Atrium.Local.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_state_folder_in_which_another_host_runs_whose_file_stays()
    {
        using var setup = new HostSetup();
        setup.Settings["ServiceBus"] =
            "Endpoint=sb://localhost:1;SharedAccessKeyName=own;SharedAccessKey=a2V5;UseDevelopmentEmulator=true";
        await using var first = setup.Start();
        await first.LineAsync("Ctrl-C stops");
        var running = await File.ReadAllTextAsync(setup.RunningFile);
        Assert.StartsWith(
            $"Another host runs in the state folder {Path.GetDirectoryName(setup.RunningFile)}.",
            Assert.Single(await FailedAsync(setup)), StringComparison.Ordinal);
        Assert.Equal(running, await File.ReadAllTextAsync(setup.RunningFile));
    }

    [Fact]
    public async Task An_address_of_Service_Bus_under_a_name_that_the_app_does_not_read()
    {
        using var setup = new HostSetup();
        setup.LocalSettings("""{ "ConnectionStrings": { "ServiceBus": "Endpoint=sb://real.example/" } }""");
        Assert.Contains(
            "The setting ConnectionStrings__ServiceBus names a Service Bus", Assert.Single(await FailedAsync(setup)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_settings_file()
    {
        using var setup = new HostSetup();
        setup.LocalSettings("{\n  \"Values\": {\n    \"A\" \"b\"\n  }\n}");
        Assert.Contains(
            "local.settings.json is not valid JSON at line 3, position 9:", Assert.Single(await FailedAsync(setup)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        using var setup = new HostSetup { Arguments = ["--port", $"{taken}"] };
        Assert.StartsWith(
            $"Port {taken} on localhost is taken by another program.", Assert.Single(await FailedAsync(setup)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_free_ports_a_second_app_starts_beside_the_first_whatever_ports_its_settings_name()
    {
        await using var first = await RunningHost.StartAsync();
        await using var second = await RunningHost.StartAsync(
            setup =>
            {
                setup.PortArguments = [];
                setup.LocalSettings($$"""{ "Host": { "LocalHttpPort": {{first.Http.BaseAddress!.Port}} } }""");
                setup.Settings["LocalStack__ServiceBusPort"] = $"{BusPort(first)}";
            },
            "--free-ports");

        Assert.NotEqual(first.Http.BaseAddress!.Port, second.Http.BaseAddress!.Port);
        Assert.NotEqual(BusPort(first), BusPort(second));
        Assert.Equal("plain ", await first.Http.GetStringAsync(new Uri("/api/Plain", UriKind.Relative)));
        Assert.Equal("plain ", await second.Http.GetStringAsync(new Uri("/api/Plain", UriKind.Relative)));
    }

    [Fact]
    public async Task A_proxy_is_not_asked_for_what_runs_on_this_machine()
    {
        // It answers nobody.
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        await using var host = await RunningHost.StartAsync(setup =>
        {
            foreach (var name in (string[])["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"])
            {
                setup.Settings[name] = $"http://{proxy.LocalEndpoint}";
            }

            (setup.Settings["no_proxy"], setup.Settings["NO_PROXY"]) = ("", "elsewhere.example");
        });
        await host.SendAsync(Queues.Manual, "settled", "complete");
        await host.Process.LineAsync("settled did complete");
        Assert.False(proxy.Pending());
    }

    [Fact]
    public async Task What_a_killed_host_said_of_itself_does_not_outlive_the_next_start()
    {
        using var setup = new HostSetup();
        setup.Settings["Sample__Start"] = "Exit";
        var running = Path.Combine(setup.Folder, "state", "running.json");
        Directory.CreateDirectory(Path.GetDirectoryName(running)!);
        await File.WriteAllTextAsync(running, "{}");
        await FailedAsync(setup);
        Assert.False(File.Exists(running));
    }

    [Fact]
    public async Task What_host_json_says_and_nobody_reads_is_one_line()
    {
        using var setup = new HostSetup();
        setup.HostJson("""{ "version": "2.0", "extensions": { "http": { "maxConcurrentRequests": 9 } } }""");
        setup.Settings["Sample__Start"] = "Exit";
        Assert.Equal(
            "host.json: the local host does not read extensions.http.maxConcurrentRequests, so it has no effect.",
            (await FailedAsync(setup))[0]);
    }

    [Fact]
    public async Task A_process_inside_App_Service()
    {
        using var setup = new HostSetup();
        setup.Settings["WEBSITE_INSTANCE_ID"] = "abc";
        Assert.Contains("WEBSITE_INSTANCE_ID", Assert.Single(await FailedAsync(setup)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_is_not_there_and_an_option_that_is_none()
    {
        using var missing = new HostSetup { App = "/none/App.dll" };
        var errors = await FailedAsync(missing);
        Assert.Contains("there is no file /none/App.dll", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("Usage: ", errors[1], StringComparison.Ordinal);

        using var wrong = new HostSetup { Arguments = ["--prot", "1"] };
        Assert.StartsWith("There is no option \"--prot\".", (await FailedAsync(wrong))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_waits_for_a_debugger_and_says_to_which_process_it_attaches()
    {
        using var setup = new HostSetup { Arguments = ["--debug"] };
        await using var host = setup.Start();
        var line = await host.LineAsync("The worker waits for a debugger to attach to process ");
        var worker = int.Parse(line.TrimEnd('.').Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.DoesNotContain(host.Lines, printed => printed.Contains("Ready on", StringComparison.Ordinal));

        // Told to stop before it was ready.
        await host.SignalAsync("TERM");
        Assert.Equal(0, await host.ExitAsync());
        await Signals.GoneAsync(worker);
    }

    static int BusPort(RunningHost host) => ServiceBusConnectionStringProperties
        .Parse(host.Running.GetProperty("serviceBus").GetString()).Endpoint.Port;

    static async Task<IReadOnlyList<string>> FailedAsync(HostSetup setup)
    {
        await using var host = setup.Start();
        Assert.Equal(1, await host.ExitAsync());
        return host.Errors;
    }
}
