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

    /// <summary>The job when it has ended, whichever app on these data ends it.</summary>
    public static async Task<JsonElement> EndOfAsync(this RunningApp app, string id)
    {
        JsonElement job = default;
        await Eventually.TrueAsync(async () => (job = await app.JobAsync(id)).HasEnded());
        return job;
    }

    /// <summary>
    /// What all resumes of the tenant have taken, when they have ended: the timer may begin another beside one.
    /// </summary>
    public static async Task<int> TakenByResumesAsync(this RunningApp app)
    {
        IReadOnlyList<JsonElement> resumes = [];
        await Eventually.TrueAsync(async () =>
        {
            var jobs = await app.GetAsync($"api/tenants/{app.Tenant}/jobs?limit=100");
            resumes = [.. jobs.GetProperty("items").EnumerateArray()
                .Where(job => job.GetProperty("kind").GetString() == "resume")];
            return resumes.All(HasEnded);
        });
        return resumes.Sum(Taken);
    }

    static bool HasEnded(this JsonElement job) => job.GetProperty("endedAt").ValueKind != JsonValueKind.Null;

    public static int Taken(this JsonElement job) => job.GetProperty("counts").GetProperty("taken").GetInt32();

    public static string State(this JsonElement job) => job.GetProperty("state").GetString()!;
}
