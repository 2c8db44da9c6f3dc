using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Atrium.Infra.Tests;

/// <summary>What the workflows promise about the package and about where it goes.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed partial class WorkflowTests : IDisposable
{
    const string Stage = "workflows/deploy-stage.yml";
    const string Lock = "src/Atrium.Functions/packages.azure.lock.json";

    readonly DirectoryInfo _repository = Directory.CreateTempSubdirectory("workflow-");

    public void Dispose() => _repository.Delete(recursive: true);

    [Fact]
    public async Task The_package_for_Azure_is_restored_by_a_lock_file_of_its_own()
    {
        var build = await TextAsync("workflows/azure-build.yml");

        Assert.Contains(
            $">$(MSBuildProjectDirectory)/{Path.GetFileName(Lock)}</NuGetLockFilePath>",
            await TextAsync("Directory.Build.props"), StringComparison.Ordinal);
        Assert.Contains($"LOCK: {Lock}\n", build, StringComparison.Ordinal);
        // What is built and published is what was restored by it.
        Assert.InRange(
            build.IndexOf("--locked-mode", StringComparison.Ordinal), 1,
            build.IndexOf("dotnet build", StringComparison.Ordinal));
        Assert.All(
            build.Split('\n').Where(line => line.Contains("dotnet publish", StringComparison.Ordinal)
                || line.Contains("dotnet build", StringComparison.Ordinal)),
            line => Assert.Contains("--no-restore", line, StringComparison.Ordinal));
    }

    // As workflow_call has it: what is deployed and what is released is locked.
    [Theory]
    [InlineData("workflows/deploy.yml")]
    [InlineData("workflows/release.yml")]
    public async Task What_is_deployed_or_released_is_locked(string workflow)
    {
        Assert.Contains(
            "type: boolean\n        default: true", await TextAsync("workflows/azure-build.yml"),
            StringComparison.Ordinal);
        var text = await TextAsync(workflow);
        Assert.Contains("uses: ./.github/workflows/azure-build.yml\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("locked:", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "true", 0, "kept=true")]
    [InlineData(true, "", 0, "kept=true")]
    [InlineData(false, "true", 1, "")]
    [InlineData(false, "", 0, "")]
    public async Task A_lock_file_that_is_not_in_the_repository_does_not_pass_for_one_that_is(
        bool committed, string locked, int code, string output)
    {
        await CommitAsync(committed ? Lock : "other");
        // One that lies there only is none.
        await WriteAsync(Lock, "{}");
        var result = Path.Combine(_repository.FullName, "result");
        await File.WriteAllTextAsync(result, "");

        Assert.Equal(
            code,
            await RunAsync(
                await StepAsync("Look for the lock file"),
                ("LOCK", Lock), ("LOCKED", locked), ("GITHUB_OUTPUT", result)));
        Assert.Equal(output, (await File.ReadAllTextAsync(result)).Trim());
    }

    [Theory]
    [InlineData("publish/other.json", 0)]
    [InlineData(Lock, 1)]
    [InlineData("src/Other/packages.lock.json", 1)]
    public async Task A_lock_file_that_changes_or_comes_while_the_package_is_made_fails_the_run(string file, int code)
    {
        await CommitAsync(Lock);
        await WriteAsync(file, "changed");
        Assert.Equal(code, await RunAsync(await StepAsync("Refuse a lock file that has changed or come meanwhile")));
    }

    [Theory]
    [InlineData("1.0.0+c0ffee", 0)]
    [InlineData("1.0.0", 1)]
    [InlineData("1.0.0+0ld", 1)]
    public async Task A_package_for_whose_commit_a_deployment_would_wait_in_vain_fails_the_run(string version, int code)
    {
        await WriteAsync("publish/Atrium.Functions.dll", $"\0{version}\0");
        Assert.Equal(
            code,
            await RunAsync(
                await StepAsync("Refuse a package that does not name its commit"), ("GITHUB_SHA", "c0ffee")));
        Assert.Contains(
            "ATRIUM_SMOKE_COMMIT: ${{ github.sha }}\n", await TextAsync(Stage), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_deployed_is_the_package_that_was_tested()
    {
        var jobs = await JobsAsync();
        var stage = await TextAsync(Stage);

        // A job runs when all that it needs have succeeded, unless it says otherwise.
        Assert.Contains("needs: [test, package]\n", jobs["dev"], StringComparison.Ordinal);
        Assert.Contains("needs: dev\n", jobs["prod"], StringComparison.Ordinal);
        Assert.All(["dev", "prod"], job => Assert.DoesNotContain(" if:", jobs[job], StringComparison.Ordinal));
        Assert.Contains("vars.ATRIUM_DEPLOY == 'true'", jobs["package"], StringComparison.Ordinal);
        Assert.Contains("azd deploy functions --from-package atrium-functions.zip", stage, StringComparison.Ordinal);
        // azd would take what was changed by hand for unchanged.
        Assert.Contains("azd provision --no-state ", stage, StringComparison.Ordinal);
        // Either would make another one.
        Assert.DoesNotContain("azd up", stage, StringComparison.Ordinal);
        Assert.DoesNotMatch("dotnet (build|publish)", stage);
    }

    [Fact]
    public async Task Production_comes_after_development_and_each_waits_for_its_own_environment()
    {
        var jobs = await JobsAsync();
        var stage = await TextAsync(Stage);

        Assert.Equal(["changes", "dev", "package", "preview", "prod", "test"], jobs.Keys.Order());
        foreach (var name in (string[])["dev", "prod"])
        {
            Assert.Contains("uses: ./.github/workflows/deploy-stage.yml\n", jobs[name], StringComparison.Ordinal);
            Assert.Contains($"stage: {name}\n", jobs[name], StringComparison.Ordinal);
            // A workflow that is called has no input but those that it is given.
            Assert.Contains("confirm_change: ${{ inputs.confirm_change", jobs[name], StringComparison.Ordinal);
        }

        Assert.Contains("environment: ${{ inputs.stage }}${{", stage, StringComparison.Ordinal);
        Assert.Contains("id-token: write", stage, StringComparison.Ordinal);
        Assert.Contains("--federated-credential-provider github", stage, StringComparison.Ordinal);
        // Of OpenID Connect a workflow holds no secret.
        Assert.DoesNotContain("secrets.", stage + string.Concat(jobs.Values), StringComparison.Ordinal);
    }

    // A deployment ends what is in progress, and sets Service Bus back to its first units.
    [Theory]
    [InlineData("docs/deploy.md", "")]
    [InlineData("docs/images/event.svg", "")]
    [InlineData("src/Console/README.md", "")]
    [InlineData("src/docs/some.cs", "deploy=true")]
    [InlineData("infra/main.bicep", "deploy=true")]
    public async Task A_push_that_changes_nothing_but_pages_is_tested_and_not_deployed(string file, string output)
    {
        var deployed = await CommitAsync("src/first.cs");
        var pages = await CommitAsync("docs/first.md");
        Assert.Equal(output, await LookAsync("push", $"{pages} false;{deployed} true", await CommitAsync(file)));
        var asked = await File.ReadAllTextAsync(Path.Combine(_repository.FullName, "asked"));
        Assert.StartsWith("run list --workflow deploy.yml --branch main", asked);
        Assert.Contains("run view 1 --json headSha,jobs", asked, StringComparison.Ordinal);

        var jobs = await JobsAsync();
        Assert.Contains("needs: changes\n", jobs["package"], StringComparison.Ordinal);
        Assert.Contains("needs.changes.outputs.deploy == 'true'", jobs["package"], StringComparison.Ordinal);
        Assert.DoesNotContain("changes", jobs["test"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_deployed_is_deployed_with_the_pages_that_come_after_it()
    {
        var deployed = await CommitAsync("src/first.cs");
        var second = await CommitAsync("src/second.cs");
        // The run of the second commit failed, or succeeded when nothing was to be deployed.
        Assert.Equal("deploy=true", await LookAsync(
            "push", $"{second} false;{deployed} true", await CommitAsync("docs/deploy.md")));
    }

    // Its run failed, but what it deployed is live.
    [Fact]
    public async Task What_takes_a_failed_deployment_back_is_deployed()
    {
        var deployed = await CommitAsync("src/first.cs");
        var failed = await CommitAsync("src/second.cs");
        File.Delete(Path.Combine(_repository.FullName, "src", "second.cs"));

        Assert.Equal("deploy=true", await LookAsync(
            "push", $"{failed} false;{deployed} true", await CommitAsync("docs/back.md")));
    }

    // No run has deployed yet, its commit is gone since a push was forced, or GitHub does not say.
    [Theory]
    [InlineData("")]
    [InlineData("0000000000000000000000000000000000000000 true")]
    [InlineData("refused")]
    [InlineData("; true")]
    public async Task What_cannot_be_compared_is_deployed(string runs) =>
        Assert.Equal("deploy=true", await LookAsync("push", runs, await CommitAsync("docs/deploy.md")));

    [Fact]
    public async Task What_is_deployed_by_hand_is_compared_with_nothing()
    {
        var before = await CommitAsync("docs/deploy.md");
        Assert.Equal("deploy=true", await LookAsync("workflow_dispatch", $"{before} true", before));
    }

    // Of runs, newest first and after this one, each as its commit and whether it has deployed all.
    async Task<string> LookAsync(string why, string runs, string sha)
    {
        await InPathAsync("gh", """
            [ "$RUNS" != refused ]
            case "$2" in
              list) echo "$GITHUB_RUN_ID"; echo "$RUNS" | tr ';' '\n' | sed -n '/./=' ;;
              view) echo "$RUNS" | cut -d';' -f"$3" ;;
            esac
            """);
        var result = Path.Combine(_repository.FullName, "result");
        await File.WriteAllTextAsync(result, "");
        Assert.Equal(
            0,
            await RunAsync(
                await StepAsync("Look for more than pages", "workflows/deploy.yml"),
                ("RUNS", runs), ("GITHUB_RUN_ID", "99"), ("GITHUB_EVENT_NAME", why), ("GITHUB_SHA", sha),
                ("GITHUB_OUTPUT", result)));
        return (await File.ReadAllTextAsync(result)).Trim();
    }

    // A run that waits for an approval has not ended. What spans the run would hold up all later ones.
    [Fact]
    public async Task A_stage_takes_one_deployment_at_a_time_and_does_not_hold_up_the_other()
    {
        Assert.DoesNotContain("\nconcurrency:", await TextAsync("workflows/deploy.yml"), StringComparison.Ordinal);
        Assert.All(
            (await JobsAsync()).Values,
            job => Assert.DoesNotContain("concurrency:", job, StringComparison.Ordinal));
        var stage = await TextAsync(Stage);
        Assert.DoesNotContain("\nconcurrency:", stage, StringComparison.Ordinal);
        Assert.Contains(
            "    concurrency:\n"
            + "      group: deploy-${{ inputs.stage }}"
            + "${{ github.event_name == 'pull_request' && format('-{0}', github.ref) || '' }}\n"
            + "      cancel-in-progress: false\n",
            stage, StringComparison.Ordinal);
    }

    // An approval that was given late, or a run that was repeated. What was deployed last may have failed its smoke
    // test: it is live all the same.
    [Theory]
    [InlineData("older", "newer", 1)]
    [InlineData("newer", "older", 0)]
    [InlineData("older", "older", 0)]
    [InlineData("older", "", 0)]
    // One that the history does not have any more.
    [InlineData("older", "0123456789012345678901234567890123456789", 0)]
    public async Task What_is_older_than_what_was_deployed_is_refused(string mine, string deployed, int code)
    {
        var commits = new Dictionary<string, string>();
        foreach (var name in (string[])["older", "newer"])
        {
            commits[name] = await CommitAsync(name);
        }

        await InPathAsync("az", "echo \"$DEPLOYED\"");
        Assert.Equal(
            code,
            await RunAsync(
                await StepAsync("Refuse what is older than what was deployed", Stage),
                ("GITHUB_SHA", commits[mine]), ("DEPLOYED", commits.GetValueOrDefault(deployed, deployed)),
                // The group's name is in lower case.
                ("AZURE_ENV_NAME", "EU-prod"), ("ATRIUM_STAGE", "prod")));
        Assert.Equal(
            "group list --query [?name=='rg-atrium-eu-prod'].tags.atrium_commit --output tsv\n",
            await File.ReadAllTextAsync(Path.Combine(_repository.FullName, "asked")));
    }

    // So before anything of it is live, and whatever becomes of it.
    [Fact]
    public async Task The_commit_is_noted_by_what_is_provisioned()
    {
        var group = Assert.Single((await Snapshot.WithAsync(new Dictionary<string, string>
        {
            ["AZURE_ENV_NAME"] = "prod",
            ["AZURE_LOCATION"] = "westeurope",
            ["ATRIUM_SMOKE_COMMIT"] = "c0ffee",
        })).OfType("Microsoft.Resources/resourceGroups"));
        var stage = await TextAsync(Stage);

        Assert.Equal("rg-atrium-prod", group.GetProperty("name").GetString());
        Assert.Equal("c0ffee", group.GetProperty("tags").GetProperty("atrium_commit").GetString());
        Assert.Contains("fetch-depth: 0\n", stage, StringComparison.Ordinal);
        string[] order = ["az login ", "- name: Refuse what is older ", "azd provision ", "azd deploy "];
        var places = order.Select(text => stage.IndexOf(text, StringComparison.Ordinal)).ToList();
        Assert.Equal(places.Order(), places);
        Assert.DoesNotContain(-1, places);
    }

    // A variable of the repository counts where an environment has none: production would go onto development.
    [Theory]
    [InlineData("prod", "prod", 0)]
    [InlineData("prod", "eu-prod", 0)]
    [InlineData("dev", "dev", 0)]
    [InlineData("prod", "dev", 1)]
    [InlineData("prod", "nonprod", 1)]
    [InlineData("prod", "", 1)]
    [InlineData("dev", "prod", 1)]
    public async Task A_stage_is_deployed_to_an_environment_of_its_own_only(string stage, string name, int code) =>
        Assert.Equal(
            code,
            await RunAsync(
                await StepAsync("Refuse the environment of another stage", Stage),
                ("ATRIUM_STAGE", stage), ("AZURE_ENV_NAME", name)));

    // The workflow of a pull request is what the pull request makes of it.
    [Fact]
    public async Task An_identity_trusts_environments_and_neither_pull_requests_nor_branches()
    {
        var page = await TextAsync("docs/deploy.md");
        var subjects = Subject().Matches(page).Select(match => match.Groups[1].Value).ToList();

        // When they are made, and when the repository has been renamed. GitHub says how its subjects begin: those of a
        // newer repository have ids in them.
        Assert.Equal(Enumerable.Repeat("${PREFIX:-repo:$REPOSITORY}:environment:$NAME", 2), subjects);
        Assert.InRange(
            page.IndexOf(
                "PREFIX=$(gh api repos/$REPOSITORY/actions/oidc/customization/sub --jq '.sub_claim_prefix // empty')\n",
                StringComparison.Ordinal),
            1, page.IndexOf("subject\\\"", StringComparison.Ordinal));
        Assert.Contains("AADSTS700213", page, StringComparison.Ordinal);
        Assert.Contains("deployment-branch-policies -f name=main", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\nazd pipeline config", page, StringComparison.Ordinal);
    }

    // A name counts in the whole directory, and a role in the subscriptions that it names.
    [Fact]
    public async Task The_role_of_the_previews_can_be_made_in_each_of_two_subscriptions()
    {
        var page = await TextAsync("docs/deploy.md");
        Assert.Contains("sed s/SUBSCRIPTION/$SUBSCRIPTION/ infra/preview-role.json", page, StringComparison.Ordinal);
        Assert.Contains("set -- \"Atrium preview $SUBSCRIPTION\"", page, StringComparison.Ordinal);
        var role = await RoleOfPreviewsAsync();
        Assert.Equal("Atrium preview SUBSCRIPTION", role.GetProperty("Name").GetString());
        Assert.Equal(["/subscriptions/SUBSCRIPTION"], Texts(role.GetProperty("AssignableScopes")));
    }

    // Some reads give keys of the app, which open every tenant, or what its log says of visitors.
    [Theory]
    [InlineData("Microsoft.Insights/components/query/read")]
    [InlineData("Microsoft.Insights/logs/AppTraces/read")]
    [InlineData("Microsoft.OperationalInsights/workspaces/query/AppTraces/read")]
    [InlineData("Microsoft.OperationalInsights/workspaces/query/read")]
    [InlineData("Microsoft.OperationalInsights/workspaces/sharedKeys/read")]
    [InlineData("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read")]
    [InlineData("Microsoft.Web/sites/functions/masterkey/read")]
    [InlineData("Microsoft.Web/sites/functions/token/read")]
    [InlineData("Microsoft.Web/sites/hostruntime/functions/keys/read")]
    [InlineData("Microsoft.Web/sites/hostruntime/host/_master/read")]
    [InlineData("Microsoft.Web/sites/hostruntime/host/read")]
    [InlineData("Microsoft.Web/sites/slots/functions/masterkey/read")]
    [InlineData("Microsoft.Web/sites/slots/functions/token/read")]
    [InlineData("Microsoft.Web/sites/slots/hostruntime/functions/keys/read")]
    [InlineData("Microsoft.Web/sites/slots/hostruntime/host/_master/read")]
    public async Task The_role_of_the_previews_gives_no_secret(string read)
    {
        // A wildcard stands for any number of parts.
        Assert.DoesNotContain(
            Texts((await RoleOfPreviewsAsync()).GetProperty("Actions")),
            action => Regex.IsMatch(
                read, $"^{Regex.Escape(action).Replace("\\*", ".*", StringComparison.Ordinal)}$",
                RegexOptions.IgnoreCase));
    }

    [Fact]
    public async Task The_role_of_the_previews_reads_what_the_template_makes_and_asks_what_would_change()
    {
        using var template = JsonDocument.Parse(await Template.TextAsync());
        // The right has the name of the type, but for one.
        var reads = Types(template.RootElement).Distinct().Select(type => type == "Microsoft.Resources/resourceGroups"
            ? "Microsoft.Resources/subscriptions/resourceGroups/read"
            : $"{type}/read");
        string[] ofDeployment =
        [
            "Microsoft.Resources/deployments/operationstatuses/read",
            "Microsoft.Resources/deployments/whatIf/action",
            "Microsoft.Resources/subscriptions/operationresults/read",
            "Microsoft.Resources/subscriptions/read",
            "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
        ];
        Assert.Equal(
            reads.Concat(ofDeployment).Order(StringComparer.OrdinalIgnoreCase),
            Texts((await RoleOfPreviewsAsync()).GetProperty("Actions")),
            // As Azure compares them.
            StringComparer.OrdinalIgnoreCase);
    }

    static async Task<JsonElement> RoleOfPreviewsAsync() =>
        JsonElement.Parse(await TextAsync("infra/preview-role.json"));

    static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(text => text.GetString()!);

    // Those of modules too, and of what is there already.
    static IEnumerable<string> Types(JsonElement part) => part.ValueKind switch
    {
        JsonValueKind.Object when part.TryGetProperty("apiVersion", out _) =>
            TypesWithin(part).Prepend(part.GetProperty("type").GetString()!),
        JsonValueKind.Object => TypesWithin(part),
        JsonValueKind.Array => part.EnumerateArray().SelectMany(Types),
        _ => [],
    };

    static IEnumerable<string> TypesWithin(JsonElement part) =>
        part.EnumerateObject().SelectMany(property => Types(property.Value));

    // What sets the branches may take the approval away.
    [Fact]
    public async Task The_approval_is_required_after_the_environments_were_set_up_and_then_looked_at()
    {
        var page = await TextAsync("docs/deploy.md");
        int[] order =
        [
            page.LastIndexOf("gh api --method PUT repos/$REPOSITORY/environments/", StringComparison.Ordinal),
            page.IndexOf("require your approval", StringComparison.Ordinal),
            page.IndexOf(
                "gh api repos/$REPOSITORY/environments/prod --jq .protection_rules\n", StringComparison.Ordinal),
        ];
        Assert.Equal(order.Order(), order);
        Assert.DoesNotContain(-1, order);
    }

    [Fact]
    public async Task A_pull_request_is_shown_what_it_would_change_and_changes_nothing()
    {
        var stage = await TextAsync(Stage);

        var job = (await JobsAsync())["preview"];
        Assert.Contains("pull_request:", await TextAsync("workflows/deploy.yml"), StringComparison.Ordinal);
        Assert.Contains("github.event_name == 'pull_request'", job, StringComparison.Ordinal);
        Assert.Contains("!github.event.pull_request.head.repo.fork", job, StringComparison.Ordinal);
        Assert.Contains("uses: ./.github/workflows/deploy-stage.yml\n", job, StringComparison.Ordinal);
        Assert.Contains(
            "environment: ${{ inputs.stage }}${{ github.event_name == 'pull_request' && '-preview' || '' }}\n", stage,
            StringComparison.Ordinal);
        var preview = stage[..stage.IndexOf("- uses: actions/setup-dotnet", StringComparison.Ordinal)];
        Assert.Contains("az deployment sub what-if", preview, StringComparison.Ordinal);
        // Each step after it is for others.
        var after = stage[preview.Length..].Split("\n      - ");
        Assert.All(after, step => Assert.Contains(
            "if: github.event_name != 'pull_request'", step, StringComparison.Ordinal));
    }

    // The machines of the other jobs, and those of developers, differ from it in all of these.
    [Theory]
    [InlineData("path: für andere")]
    [InlineData("mkdir -m 555 \"$far/home\"")]
    [InlineData("HOME=$far/home")]
    [InlineData("XDG_CONFIG_HOME=$far/config")]
    [InlineData("TMPDIR=$far/tmp")]
    [InlineData("DOTNET_CLI_HOME=$far/cli")]
    [InlineData("NUGET_PACKAGES=$far/packages")]
    [InlineData("LANG=tr_TR.UTF-8")]
    [InlineData("TZ=Pacific/Chatham")]
    [InlineData("npm_config_cache: ${{ runner.temp }}/weit weg ü/npm")]
    [InlineData("run: dotnet run --project src/Atrium.Functions -- --demo")]
    [InlineData("run: for part in tests/Local/*/*.Tests.csproj; do dotnet test \"$part\"; done")]
    public async Task What_runs_on_one_machine_is_tried_far_from_ours(string line)
    {
        var job = (await TextAsync("workflows/ci.yml")).Split("\n  elsewhere:\n")[1];
        Assert.Contains(line, job.Split('\n').Select(text => text.Trim(' ', '-')));
    }

    [Fact]
    public async Task What_a_workflow_runs_of_others_is_pinned()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "workflows"));
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.All(
                Uses().Matches(text),
                match => Assert.Matches(@"^(\./|[^@]+@[0-9a-f]{40} # v)", match.Groups[1].Value));
            Assert.DoesNotMatch(@"\| *(sudo )?(ba)?sh\b", text);
            Assert.True(
                !Downloads().IsMatch(text) || text.Contains("sha256sum --check", StringComparison.Ordinal), file);
        }
    }

    // Each action's first version that runs on Node.js 24: GitHub's machines lose the one before.
    static readonly Dictionary<string, int> FirstOnNode24 = new()
    {
        ["actions/attest-build-provenance"] = 3,
        ["actions/attest-sbom"] = 3,
        ["actions/checkout"] = 5,
        ["actions/dependency-review-action"] = 5,
        ["actions/download-artifact"] = 7,
        ["actions/setup-dotnet"] = 5,
        ["actions/setup-node"] = 5,
        ["actions/upload-artifact"] = 6,
        ["github/codeql-action"] = 4,
    };

    [Fact]
    public void What_a_workflow_runs_of_others_runs_on_a_Node_that_GitHub_has()
    {
        var used = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "workflows"))
            .SelectMany(file => Version().Matches(File.ReadAllText(file)))
            .Select(match => (Action: match.Groups[1].Value, Major: int.Parse(
                match.Groups[2].Value, CultureInfo.InvariantCulture))).ToList();

        Assert.Equal(FirstOnNode24.Keys.Order(), used.Select(one => one.Action).Distinct().Order());
        Assert.All(used, one => Assert.InRange(one.Major, FirstOnNode24[one.Action], int.MaxValue));
    }

    // What the workflow deploy says of each of its jobs.
    static async Task<Dictionary<string, string>> JobsAsync() =>
        Job().Matches((await TextAsync("workflows/deploy.yml")).Split("\njobs:\n")[1])
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    // The lines of a step that bash runs.
    static async Task<string> StepAsync(string name, string workflow = "workflows/azure-build.yml") =>
        Run().Match((await TextAsync(workflow)).Split($"- name: {name}\n")[1]).Groups[1].Value;

    async Task<string> CommitAsync(string file)
    {
        await WriteAsync(file, "{}");
        Assert.Equal(
            0,
            await RunAsync(
                "git init -q -b main && git add . && git -c user.name=a -c user.email=a@example.com commit -qm some"));
        return (await File.ReadAllTextAsync(
            Path.Combine(_repository.FullName, ".git", "refs", "heads", "main"))).Trim();
    }

    async Task WriteAsync(string file, string text)
    {
        var path = Path.Combine(_repository.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text);
    }

    // A command that says what it was asked.
    async Task InPathAsync(string name, string script)
    {
        var bin = _repository.CreateSubdirectory("bin");
        var file = Path.Combine(bin.FullName, name);
        await File.WriteAllTextAsync(
            file, $"#!/bin/sh -e\necho \"$@\" >> '{Path.Combine(_repository.FullName, "asked")}'\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // As GitHub does.
    async Task<int> RunAsync(string script, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
        {
            WorkingDirectory = _repository.FullName,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = Path.Combine(_repository.FullName, "bin") + ":" + start.Environment["PATH"];
        using var process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    static Task<string> TextAsync(string file) => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, file));

    [GeneratedRegex("""subject\\": \\"([^"\\]+)""")]
    private static partial Regex Subject();

    [GeneratedRegex(@"^  (\w+):\n((?: {4}.*\n)+)", RegexOptions.Multiline)]
    private static partial Regex Job();

    // Some actions are in a folder of their repository.
    [GeneratedRegex(@"uses: ([\w-]+/[\w-]+)[^@\n]*@\w+ # v(\d+)")]
    private static partial Regex Version();

    [GeneratedRegex("uses: (.+)")]
    private static partial Regex Uses();

    [GeneratedRegex("run: \\|\n((?: {10}.*\n)+)")]
    private static partial Regex Run();

    [GeneratedRegex("curl [^\n]*-o|curl [^\n]*-[a-zA-Z]*o ")]
    private static partial Regex Downloads();
}
