using System.Text.RegularExpressions;
using Atrium.Functions.Subscriptions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>The page on the fake server, in English or in the longer words of <c>en-XA</c>.</summary>
internal sealed class Stage(Tab tab, bool isPseudo)
{
    const string Plain = "aeiouAEIOUnc";
    const string Accented = "áéíóúÁÉÍÓÚñç";

    /// <summary>By which notices are known among the webhooks.</summary>
    public const string Notices = SubscriptionId.Notices;

    public IPage Page => tab.Page;

    /// <summary>A webhook of the fake server, in the order of its list.</summary>
    public static string Webhook(int index) =>
        "sub_" + string.Concat(Enumerable.Repeat($"{(index + 1) * 2654435761L % (1L << 32):x8}", 5))[..20];

    /// <summary>A sentence as the page says it.</summary>
    public string Say(string english) => isPseudo ? Pseudo(english) : english;

    public Task ClickAsync(string name) =>
        Page.GetByRole(AriaRole.Button, new() { Name = Say(name), Exact = true }).First.ClickAsync();

    public Task ClickInDialogAsync(string name) =>
        Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = Say(name), Exact = true })
        .ClickAsync();

    public Task FillAsync(string label, string text) =>
        Page.GetByLabel(Say(label), new() { Exact = true }).FillAsync(text);

    public Task CheckAsync(string label) => Page.GetByLabel(Say(label), new() { Exact = true }).CheckAsync();

    /// <summary>Waits until something is there.</summary>
    public Task SeeAsync(string selector) => Expect(Page.Locator(selector).First).ToBeVisibleAsync();

    public Task SeeTextAsync(string text) => Expect(Page.GetByText(Say(text)).First).ToBeVisibleAsync();

    /// <summary>Answers an operation otherwise from now on.</summary>
    public Task AnswerAsync(string path, Func<IRoute, Task> answer) =>
        Page.RouteAsync(new Regex($"/api/portal/{path}([?].*)?$"), answer);

    /// <summary>Answers with a problem from now on.</summary>
    public Task RefuseAsync(string path, int status, string code, string detail) =>
        AnswerAsync(path, route => route.FulfillAsync(new()
        {
            Status = status,
            ContentType = "application/problem+json",
            Body = $$"""
                {"type":"about:blank","title":"Refused","status":{{status}},"code":"{{code}}","detail":"{{detail}}",
                "traceId":"4db6927b4db6927b4db6927b4db6927b"}
                """,
        }));

    /// <summary>Loses the next answer of an operation. What it is asked for is done.</summary>
    public Task LoseAsync(string path) => Page.RouteAsync(
        new Regex($"/api/portal/{path}$"),
        async route =>
        {
            await route.FetchAsync();
            await route.AbortAsync();
        },
        new() { Times = 1 });

    /// <summary>Answers with what the fake server answers, and a text in it replaced.</summary>
    public Task ReplaceAsync(string path, params (string Old, string New)[] replaced) =>
        AnswerAsync(path, async route =>
        {
            var answer = await route.FetchAsync();
            var body = await answer.TextAsync();
            foreach (var (old, text) in replaced)
            {
                Assert.Contains(old, body, StringComparison.Ordinal);
                body = body.Replace(old, text, StringComparison.Ordinal);
            }

            await route.FulfillAsync(new() { Response = answer, Body = body });
        });

    // As messages/pseudo.ts does.
    static string Pseudo(string text) => string.Join(' ', text.Split(' ').Select(word =>
        string.Concat(word.Select(letter => Plain.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var at
            ? Accented[at] : letter)) + new string('·', (int)Math.Ceiling(word.Length * 0.4))));
}
