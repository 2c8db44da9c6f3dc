using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Atrium.BrowserTests;

/// <summary>A screen that is shown, and what can be found out about it.</summary>
internal sealed class Shown(IPage page, ICDPSession devtools)
{
    /// <summary>For axe: WCAG 2.0 to 2.2, A and AA, and its best practices.</summary>
    public const string AllRules =
        "{ type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }";

    /// <summary>For axe: what another theme can change.</summary>
    public const string RulesOfColour = "{ type: 'rule', values: ['color-contrast', 'link-in-text-block'] }";

    // A phone, a tablet, a laptop, a wall.
    static readonly int[] Widths = [320, 768, 1280, 3840];
    static readonly int[] PicturedWidths = [320, 768, 1280];
    const int Height = 900;

    // So that what is below the first screen is seen too. The longest forms are some 4,000 pixels high on a phone.
    const int MostPictured = 6_000;

    static readonly string Axe = new BundledAxeScriptProvider().GetScript();
    static readonly string Pictures = Directory.CreateDirectory(Repository.PathOf("artifacts", "console")).FullName;

    /// <summary>As it is for most: light, on a laptop.</summary>
    public async Task BeginAsync()
    {
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light, ForcedColors = ForcedColors.None });
        await WidenAsync(1280);
    }

    public Task DarkenAsync() => page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });

    public Task LightenAsync() => page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });

    /// <summary>As Windows' contrast themes do, which take a page's own colours away.</summary>
    public Task ForceColoursAsync() => page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });

    /// <summary>A computed style of the first element of each kind.</summary>
    public async Task<IReadOnlyList<string>> StylesAsync(string property, params string[] kinds) =>
        await page.EvaluateAsync<string[]>(
            "([property, kinds]) => kinds.map(kind => getComputedStyle(document.querySelector(kind))[property])",
            new object[] { property, kinds });

    /// <summary>The contrast of the first shape of each kind with what is behind it, on a card and the page.</summary>
    public async Task<IReadOnlyList<double>> ContrastsAsync(params string[] kinds) =>
        await page.EvaluateAsync<double[]>("""
            kinds => {
              const light = colour => {
                const [red, green, blue] = colour.match(/[0-9.]+/g).map(part => part / 255)
                  .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
                return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
              };
              const of = (kind, property) => light(getComputedStyle(document.querySelector(kind))[property]);
              return kinds.flatMap(kind => ['.card', 'html'].map(behind => {
                const [shape, ground] = [of(kind, 'fill'), of(behind, 'backgroundColor')];
                return Math.max(shape, ground) / Math.min(shape, ground);
              }));
            }
            """, kinds);

    /// <summary>What is too small for a finger, or too low for a button. Links within a sentence may be.</summary>
    public async Task<IReadOnlyList<string>> SmallTargetsAsync() =>
        await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll(
              'a, button, summary, select, textarea, input:not([type="checkbox"], [type="radio"])')]
              .filter(one => one.checkVisibility() && !one.closest('.unseen, .skip')
                && getComputedStyle(one).display !== 'inline'
                // What is over all of its row, or of its card.
                && !(one.matches('a') && getComputedStyle(one, '::after').position === 'absolute'))
              .map(one => [one, one.getBoundingClientRect()])
              .filter(([one, { width, height }]) =>
                width < 24 || height < (one.matches('.button:not(.small), .disclose, .tabs a') ? 40 : 24))
              .map(([one, { width, height }]) => `${width} × ${height}: ${one.outerHTML.slice(0, 120)}`)
            """) ?? [];

    /// <summary>What is to be read aloud, and is not: a reader waits while what is around it is busy.</summary>
    public async Task<IReadOnlyList<string>> MutedAsync() =>
        await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll('[role=status], [role=alert]')]
              .filter(region => region.closest('[aria-busy]')).map(region => region.outerHTML.slice(0, 120))
            """) ?? [];

    /// <summary>The blocks of code, by what they are called.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CodeAsync() =>
        (await page.EvaluateAsync<string[][]>("""
            () => [...document.querySelectorAll('.file')].map(file =>
              [file.querySelector('h3').textContent, file.querySelector('pre').textContent])
            """)).ToDictionary(file => file[0], file => file[1]);

    /// <summary>Turns what runs from right to left into what runs from left to right.</summary>
    public Task TurnAsync() => page.EvaluateAsync("document.documentElement.dir = 'ltr'");

    /// <summary>What violates the rules, with where it is.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync(string rules)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
        {
            await page.EvaluateAsync(Axe);
        }

        var found = await page.EvaluateAsync<string[]>($$"""
            async () => (await axe.run(document, { runOnly: {{rules}}, resultTypes: ['violations'] })).violations
              .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`))
            """);
        return found!;
    }

    /// <summary>
    /// On which widths it scrolls sideways, and because of what; also with text twice as large. On the way a picture is
    /// taken on most widths, if it gets a name, and one in the dark, which changes no size.
    /// </summary>
    public async Task<IReadOnlyList<string>> ScrollingAsync(string? picture = null, string? dark = null)
    {
        var found = new List<string>();
        foreach (var width in Widths)
        {
            await WidenAsync(width);
            found.AddRange(await TooWideAsync($"{width} px"));
            if (picture is not null && PicturedWidths.Contains(width))
            {
                await TakePictureAsync(picture, width);
            }

            if (dark is not null && PicturedWidths.Contains(width))
            {
                await DarkenAsync();
                await SaveAsync(dark, width);
                await LightenAsync();
            }
        }

        await WidenAsync(1280);
        await page.EvaluateAsync("document.documentElement.style.fontSize = '200%'");
        found.AddRange(await TooWideAsync("1280 px, text of 200 %"));
        await page.EvaluateAsync("document.documentElement.style.fontSize = ''");
        return found;
    }

    /// <summary>Takes a picture on each width.</summary>
    public async Task TakePicturesAsync(string name)
    {
        foreach (var width in PicturedWidths)
        {
            await WidenAsync(width);
            await TakePictureAsync(name, width);
        }
    }

    async Task TakePictureAsync(string name, int width)
    {
        var height = await page.EvaluateAsync<int>("document.documentElement.scrollHeight");
        if (height > Height)
        {
            await WidenAsync(width, Math.Min(height, MostPictured));
        }

        await SaveAsync(name, width);
    }

    async Task SaveAsync(string name, int width)
    {
        var picture = await devtools.SendAsync("Page.captureScreenshot", new()
        {
            ["format"] = "jpeg",
            ["quality"] = 80,
            ["optimizeForSpeed"] = true,
            ["captureBeyondViewport"] = false,
        });
        await File.WriteAllBytesAsync(
            Path.Combine(Pictures, $"{name}-{width}.jpg"), picture!.Value.GetProperty("data").GetBytesFromBase64());
    }

    Task<JsonElement?> WidenAsync(int width, int height = Height) => devtools.SendAsync(
        "Emulation.setDeviceMetricsOverride",
        new()
        {
            ["width"] = width,
            ["height"] = height,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = false,
        });

    async Task<IEnumerable<string>> TooWideAsync(string how)
    {
        var found = await page.EvaluateAsync<string[]>("""
            () => [document.documentElement, ...document.querySelectorAll('dialog[open]')]
              .filter(box => box.scrollWidth > box.clientWidth)
              .flatMap(box => {
                const { left, right } = box.getBoundingClientRect();
                const outside = [...box.querySelectorAll('*')].filter(element => {
                  const at = element.getBoundingClientRect();
                  return !element.closest('.unseen, .skip') && at.width > 0
                    && (at.right > right + 1 || at.left < left - 1);
                });
                return [box, ...outside.slice(-3)].map(element => element.outerHTML.slice(0, 120));
              })
            """);
        return found!.Select(element => $"{how}: {element}");
    }
}
