using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Atrium.BrowserTests;

/// <summary>Answers of the app that come late, or never.</summary>
internal static class LateAnswers
{
    /// <summary>What is asked for next is done, and nobody learns of it.</summary>
    public static Task LoseAnswerAsync(this Tab tab, string method, string path) =>
        tab.OnceAsync(method, path, async route =>
        {
            await route.FetchAsync();
            await route.AbortAsync();
        });

    /// <summary>
    /// Has a page that has lost an answer try the connection at once, as when the network is back. By itself it does so
    /// after some seconds, and changes nothing until then.
    /// </summary>
    public static Task ReconnectAsync(this IPage page) => page.EvaluateAsync("dispatchEvent(new Event('online'))");

    /// <summary>What is asked for next is done and answered when the test says so.</summary>
    public static async Task<TaskCompletionSource> HoldAsync(this Tab tab, string method, string path)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await tab.OnceAsync(method, path, async route =>
        {
            await answer.Task;
            await route.ContinueAsync();
        });
        return answer;
    }

    /// <summary>What is asked for next fails when the test says so.</summary>
    public static async Task<TaskCompletionSource> HoldRefusalAsync(this Tab tab, string method, string path)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await tab.OnceAsync(method, path, async route =>
        {
            await answer.Task;
            await route.FulfillAsync(new()
            {
                Status = 500,
                ContentType = "application/problem+json",
                Body = """{"code":"unexpected","detail":""}""",
            });
        });
        return answer;
    }

    static async Task OnceAsync(this Tab tab, string method, string path, Func<IRoute, Task> answer)
    {
        var isDone = false;
        await tab.Page.RouteAsync(new Regex($"/api/portal/{path}$"), async route =>
        {
            if (isDone || route.Request.Method != method)
            {
                await route.ContinueAsync();
                return;
            }

            isDone = true;
            await answer(route);
        });
    }
}
