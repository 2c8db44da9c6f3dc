using System.Text.Json;

namespace Atrium.EndToEnd;

/// <summary>Jobs, as an admin starts and follows them.</summary>
internal static class Jobs
{
    /// <summary>Asks for a job and gives its id.</summary>
    public static async Task<string> StartAsync(this RunningApp app, string path, object request, string? tenant = null)
    {
        var (status, json) = await app.PostAsync(
            $"api/tenants/{tenant ?? app.Tenant}/{path}", request, RunningApp.NewKey());
        Assert.True(status == System.Net.HttpStatusCode.Accepted, $"{status}: {json}");
        return json.GetProperty("id").GetString()!;
    }

    public static Task<JsonElement> JobAsync(this RunningApp app, string id, string? tenant = null) =>
        app.GetAsync($"api/tenants/{tenant ?? app.Tenant}/jobs/{id}");

    /// <summary>The job when it has ended.</summary>
    public static async Task<JsonElement> EndAsync(this RunningApp app, string id, string? tenant = null)
    {
        await app.LoggedAsync($"Job {id}", "ended as");
        return await app.JobAsync(id, tenant);
    }

    public static int Taken(this JsonElement job) => job.GetProperty("counts").GetProperty("taken").GetInt32();

    public static string State(this JsonElement job) => job.GetProperty("state").GetString()!;
}
