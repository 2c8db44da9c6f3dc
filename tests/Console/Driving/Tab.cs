using System.Collections.Concurrent;
using Atrium.EndToEnd;
using Atrium.Functions.Portal;
using Microsoft.Playwright;

namespace Atrium.BrowserTests;

/// <summary>
/// A tab of the browser in which the admin's page is open, and all that goes wrong in it. Each has a profile of its
/// own, unless it is opened beside another.
/// </summary>
internal sealed class Tab
{
    // Milliseconds. Reached only when something is broken.
    const float Patience = 120_000;

    const string Portal = "/api/portal/";
    const string Files = "/api/console/";

    // Begins a session on one's own machine, and is left out of what is published.
    const string LocalSession = "/api/portal/local-session";

    readonly ConcurrentQueue<string> _faults = new();
    readonly ConcurrentQueue<IRequest> _requests = new();
    readonly ConcurrentQueue<string> _said = new();

    Tab(IPage page) => Page = page;

    /// <summary>By whose clock the page writes, wherever the test runs.</summary>
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    static Tab() => Assertions.SetDefaultExpectTimeout(Patience);

    public IPage Page { get; }

    /// <summary>What should not have come about in any test.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Waits for what a test meant to bring about, and takes it from the faults.</summary>
    public async Task ExpectAsync(Func<string, bool> isExpected)
    {
        await Eventually.TrueAsync(() => Task.FromResult(_faults.Any(isExpected)));
        Forget(isExpected);
    }

    /// <summary>Takes some of the faults away.</summary>
    public void Forget(Func<string, bool> isExpected)
    {
        var others = _faults.Where(fault => !isExpected(fault)).ToList();
        _faults.Clear();
        others.ForEach(_faults.Enqueue);
    }

    /// <summary>All that the page has asked for.</summary>
    public IReadOnlyCollection<IRequest> Requests => _requests;

    /// <summary>What it wrote to the browser's console.</summary>
    public IReadOnlyCollection<string> Said => _said;

    /// <summary>Opens a tab with a profile of its own, and nothing in it.</summary>
    public static async Task<Tab> OpenAsync(BrowserNewContextOptions? options = null)
    {
        var browser = await Chromium.BrowserAsync();
        var context = await browser.NewContextAsync(new(options ?? new())
        {
            Locale = "en-GB",
            TimezoneId = Zone.Id,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Patience);
        // The browser tells of it in words; this says what it was.
        await context.AddInitScriptAsync("""
            addEventListener('securitypolicyviolation', event => console.error(
              `policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
            {
              // What the app on a busy machine answers now and then, and a person would ask for again: that its tables
              // did not, and what the worker answers without a word of its own.
              const { fetch: own, setTimeout: wait } = window;
              window.fetch = async (...asked) => {
                for (;;) {
                  const answer = await own(...asked);
                  const isBusy = answer.status === 503 && answer.headers.get('retry-after') === '10'
                    || answer.status === 500 && !answer.headers.has('content-type');
                  if (!isBusy) return answer;
                  await new Promise(done => wait(done, 500));
                }
              };
              // What is said stays as long as a test may take to see it.
              const toasts = [6000, 12_000];
              window.setTimeout = (run, time, ...more) => wait(run, toasts.includes(time) ? 60_000 : time, ...more);
            }
            """);
        return await OpenAsync(context);
    }

    /// <summary>Opens another tab of the same profile.</summary>
    public Task<Tab> OpenBesideAsync() => OpenAsync(Page.Context);

    /// <summary>Goes to the page, as a link to it does.</summary>
    public Task VisitAsync(Uri app, string fragment) => Page.GotoAsync($"{app}api/console/#{fragment}");

    /// <summary>
    /// Gives the page a clock that the test moves. However far, what is under way is not given up.
    /// </summary>
    public async Task InstallClockAsync(DateTime? at = null)
    {
        await Page.Clock.InstallAsync(new() { TimeDate = at });
        // The clock's own would end it at each step of a minute. Scripts run in the order in which they were added.
        await Page.AddInitScriptAsync("AbortSignal.timeout = () => new AbortController().signal;");
    }

    /// <summary>Waits until an expression is true in the page.</summary>
    public Task UntilAsync(string expression) => UntilAsync(Page.MainFrame, expression);

    /// <summary>Waits until an expression is true in a frame.</summary>
    // WaitForFunctionAsync looks for the second time by eval, which the page's policy forbids.
    public static Task UntilAsync(IFrame frame, string expression) =>
        Eventually.TrueAsync(() => frame.EvaluateAsync<bool>(expression), expression);

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Field(string label) => Page.GetByLabel(label, new() { Exact = true });

    public ILocator Heading(string text) => Page.GetByRole(AriaRole.Heading, new() { Name = text, Exact = true });

    /// <summary>The state of the first webhook, such as Working.</summary>
    public ILocator State(string word) => Page.Locator(".state", new() { HasTextString = word });

    static async Task<Tab> OpenAsync(IBrowserContext context)
    {
        var tab = new Tab(await context.NewPageAsync());
        tab.Page.PageError += (_, error) => tab._faults.Enqueue(error);
        tab.Page.Console += (_, message) => tab.Hear(message);
        tab.Page.Request += (_, request) => tab.Judge(request);
        return tab;
    }

    void Hear(IConsoleMessage message)
    {
        _said.Enqueue(message.Text);
        // Chromium's own words on each answer of 400 and above, and on a network that is gone.
        if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
        {
            _faults.Enqueue(message.Text);
        }
    }

    // Whatever the page does, a script can do: it asks for operations of the document, and for its own files.
    void Judge(IRequest request)
    {
        _requests.Enqueue(request);
        var path = new Uri(request.Url).AbsolutePath;
        if (!path.StartsWith(Files, StringComparison.Ordinal) && path != LocalSession && !IsOperation(request, path)
            && request.Frame.Url.Contains(Files, StringComparison.Ordinal) && !request.IsNavigationRequest)
        {
            _faults.Enqueue($"The page asked for what is no operation: {request.Method} {request.Url}");
        }
    }

    static bool IsOperation(IRequest request, string path) =>
        path.StartsWith(Portal, StringComparison.Ordinal)
        && PortalRoutes.Find(request.Method, path[Portal.Length..]) is var (route, _)
        && ApiContract.OfTheApp.Operations.Any(operation => operation.Id == route.Operation);
}
