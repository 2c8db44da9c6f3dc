namespace Atrium.Infra.Tests;

/// <summary>The smoke test that azd runs after it has deployed, with a server in the app's place.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SmokeTests(PowerShell powerShell) : HookRunning(powerShell)
{
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task The_smoke_test_waits_for_health_and_calls_a_webhook(string shell)
    {
        Stub("az", "echo the-key");
        // Its roles are in force at the third time.
        await using var app = await AppStandIn.StartAsync(
            (503, """{"status":"unhealthy"}"""), (503, "{}"), (200, "{}"), (200, """{"succeeded":true}"""));
        var (code, output) = await SmokeAsync(
            shell, app.Url, ("ATRIUM_SMOKE_URL", "https://hook.example.com/catch/1"));

        Assert.True(code == 0, output);
        Assert.Contains("webhook was delivered to https://hook.example.com.", output, StringComparison.Ordinal);
        Assert.Equal(
            [
                "GET /api/health the-key ", "GET /api/health the-key ", "GET /api/health the-key ",
                "POST /api/tenants/smoke-test/test-webhook the-key "
                    + "application/json visitor.checked_in https://hook.example.com/catch/1",
            ],
            app.Calls);
        Assert.Equal(2, Calls().Length);
    }

    // The two have a subscription each that they take if none is named.
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task The_key_is_asked_for_in_the_subscription_of_azd_though_az_has_another(string shell)
    {
        Stub(
            "az",
            "case \" $* \" in *' --subscription sub-1 '*) echo the-key;; *) echo 'no such group' >&2; exit 3;; esac");
        await using var app = await AppStandIn.StartAsync((200, "{}"), (200, """{"succeeded":false,"response":{}}"""));
        var (code, output) = await SmokeAsync(shell, app.Url, ("AZURE_SUBSCRIPTION_ID", "sub-1"));

        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task Without_a_receiver_the_webhook_goes_to_the_app_itself_where_any_answer_will_do(string shell)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync(
            (200, "{}"), (200, """{"succeeded":false,"response":{"status":404}}"""));
        var (code, output) = await SmokeAsync(shell, app.Url);

        Assert.True(code == 0, output);
        Assert.Contains("A webhook left", output, StringComparison.Ordinal);
        Assert.EndsWith($" {app.Url}/api/live", app.Calls[^1], StringComparison.Ordinal);
    }

    // The log of a workflow is read by more people than may know a URL that takes whatever comes.
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task Of_a_webhook_that_fails_its_status_and_the_reason_are_told_and_nothing_that_was_sent(string shell)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync((200, "{}"), (200, """
            {"succeeded":false,"request":{"url":"https://a.example:8443/secret","body":"{\"status\":1,\"secret\":2}"},
            "response":{"status":404,"body":"\"explanation\":\"secret\""},"explanation":"404: \"there\" is none."}
            """));
        var (code, output) = await SmokeAsync(
            shell, app.Url, ("ATRIUM_SMOKE_URL", "https://user:secret@a.example:8443/secret?secret=1#secret"));

        Assert.Equal(1, code);
        Assert.Contains(
            "the webhook to https://a.example:8443 failed: "
                + "\"status\":404\n\"explanation\":\"404: \\\"there\\\" is none.\"\n",
            output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sh", "", 200, """{"response":null,"explanation":"x"}""", "came back: \"explanation\":\"x\"")]
    [InlineData("sh", "https://a.example", 200, """{"succeeded":false}""", "a.example failed: It does not say why")]
    [InlineData("sh", "https://a.example/", 429, """{"code":"x"}""", "test-webhook answered 429: {\"code\":\"x\"}")]
    [InlineData("ps1", "", 200, """{"response":null,"explanation":"x"}""", "came back: \"explanation\":\"x\"")]
    [InlineData("ps1", "https://a.example", 200, """{"succeeded":false}""", "a.example failed: It does not say why")]
    [InlineData("ps1", "https://a.example/", 429, """{"code":"x"}""", "test-webhook answered 429: {\"code\":\"x\"}")]
    public async Task A_webhook_that_fails_is_told_with_what_came_of_it(
        string shell, string receiver, int status, string body, string said)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync((200, "{}"), (status, body));
        await FailsAsync(shell, app.Url, said, ("ATRIUM_SMOKE_URL", receiver));
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task An_app_that_does_not_become_healthy_is_told_with_its_last_answer(string shell)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync((503, "{}"), (503, "{}"), (503, """{"vault":"403"}"""));
        await FailsAsync(shell, app.Url, "answered 503 after 3 tries: {\"vault\":\"403\"}");
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_name_that_is_not_known_is_asked_for_again_and_then_told(string shell)
    {
        Stub("az", "echo the-key");
        await FailsAsync(shell, "http://app.invalid", "answered 000 after 3 tries");
        Assert.Equal(2, Calls().Length);
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_key_that_cannot_be_read_is_told_with_what_azure_said_last(string shell)
    {
        Stub("az", "echo 'Bad Request' >&2\nexit 1");
        await FailsAsync(
            shell, "http://app.invalid", "the function key cannot be read after 3 tries: Bad Request");
        Assert.Equal(2, Calls().Length);
    }

    // The app's own host gives it out, and refuses while it starts; one version of az says nothing.
    [Theory]
    [InlineData("sh", "exit 1")]
    [InlineData("sh", "exit 0")]
    [InlineData("ps1", "exit 1")]
    [InlineData("ps1", "exit 0")]
    public async Task The_key_is_asked_for_until_there_is_one_and_then_no_more(string shell, string first)
    {
        Stub(
            "az",
            $"echo key >> $CALLS\nif [ -e $CALLS.asked ]; then echo the-key; else : > $CALLS.asked; {first}; fi");
        await using var app = await AppStandIn.StartAsync(
            (503, "{}"), (200, "{}"), (200, """{"succeeded":true,"response":{}}"""));
        var (code, output) = await SmokeAsync(shell, app.Url);

        Assert.True(code == 0, output);
        Assert.Equal(["key", "sleep 15", "key", "sleep 15"], Calls());
        Assert.All(app.Calls, call => Assert.Contains(" the-key ", call, StringComparison.Ordinal));
    }

    // The version before is as healthy, and answers until the platform has replaced it.
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task The_smoke_test_waits_for_the_version_that_was_deployed(string shell)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync(
            (200, """{"commit":"0ld","dependencies":[]}"""), (200, """{"commit":"new","dependencies":[]}"""),
            (200, """{"succeeded":false,"response":{}}"""));
        var (code, output) = await SmokeAsync(shell, app.Url, ("ATRIUM_SMOKE_COMMIT", "new"));

        Assert.True(code == 0, output);
        Assert.Contains("1: " + app.Url + "/api/health answered 200, not yet as new", output, StringComparison.Ordinal);
        Assert.Equal(3, app.Calls.Count);
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_version_that_does_not_come_is_told_with_what_answers_in_its_place(string shell)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync(
            (200, """{"commit":"0ld"}"""), (200, """{"commit":"0ld"}"""), (200, """{"commit":"0ld"}"""));
        await FailsAsync(
            shell, app.Url, "answered 200, not yet as new after 3 tries: {\"commit\":\"0ld\"}",
            ("ATRIUM_SMOKE_COMMIT", "new"));
    }

    // Where only a gateway may call the app.
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task The_smoke_test_calls_the_address_that_it_is_given(string shell)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync((200, "{}"), (200, """{"succeeded":false,"response":{}}"""));
        var (code, output) = await SmokeAsync(shell, "http://app.invalid", ("ATRIUM_SMOKE_ADDRESS", app.Url));

        Assert.True(code == 0, output);
        Assert.Equal(2, app.Calls.Count);
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task The_smoke_test_can_be_switched_off(string shell)
    {
        var (code, output) = await RunAsync(
            shell, "postdeploy", ("SERVICE_FUNCTIONS_URI", "http://app.invalid"), ("ATRIUM_SMOKE_TRIES", "0"));
        Assert.Equal(0, code);
        Assert.Contains("No smoke test", output, StringComparison.Ordinal);
    }

    async Task FailsAsync(string shell, string url, string said, params (string Name, string Value)[] more)
    {
        var (code, output) = await SmokeAsync(shell, url, more);
        Assert.Equal(1, code);
        Assert.Contains("The smoke test failed: ", output, StringComparison.Ordinal);
        Assert.Contains(said, output, StringComparison.Ordinal);
    }

    Task<(int Code, string Output)> SmokeAsync(string shell, string url, params (string Name, string Value)[] more)
    {
        FixTime();
        return RunAsync(
            shell, "postdeploy",
            [
                ("AZURE_RESOURCE_GROUP", "rg"), ("SERVICE_FUNCTIONS_NAME", "app"), ("SERVICE_FUNCTIONS_URI", url),
                ("ATRIUM_SMOKE_TRIES", "3"), .. more,
            ]);
    }
}
