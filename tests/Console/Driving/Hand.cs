using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Works the page by mouse, or by keyboard alone. By keyboard, the focus is seen wherever it stops.</summary>
internal sealed class Hand(Tab tab, bool isKeyboard)
{
    // More than any screen has.
    const int MostStops = 200;

    /// <summary>Presses a button, or follows a link.</summary>
    public Task PressAsync(ILocator control) => isKeyboard ? KeyAsync(control, "Enter") : control.ClickAsync();

    /// <summary>Ticks a box.</summary>
    public Task CheckAsync(ILocator box) => isKeyboard ? KeyAsync(box, "Space") : box.CheckAsync();

    /// <summary>Types a text in place of what is there.</summary>
    public async Task TypeAsync(ILocator field, string text)
    {
        if (!isKeyboard)
        {
            await field.FillAsync(text);
            return;
        }

        await KeyAsync(field, "ControlOrMeta+A");
        await tab.Page.Keyboard.TypeAsync(text);
    }

    async Task KeyAsync(ILocator control, string key)
    {
        await Expect(control).ToBeVisibleAsync();
        for (var stop = 0; !await IsReachedAsync(control); stop++)
        {
            Assert.True(stop < MostStops, $"The tabulator key does not lead to {control}.");
            await tab.Page.Keyboard.PressAsync("Tab");
            var unseen = await tab.Page.EvaluateAsync<string?>("""
                () => {
                  const at = document.activeElement;
                  if (at === document.body) return null;
                  const { top, bottom, left, right } = at.getBoundingClientRect();
                  const bar = document.querySelector('.job-bar');
                  const end = bar && !bar.contains(at) ? bar.getBoundingClientRect().top : innerHeight;
                  const isInside = bottom > 0 && top < end && right > 0 && left < innerWidth;
                  // A card's link has its ring around the card.
                  const hasRing = [undefined, '::after'].map(part => getComputedStyle(at, part))
                    .some(ring => ring.outlineStyle === 'solid' && parseFloat(ring.outlineWidth) >= 3);
                  return isInside && hasRing ? null : at.outerHTML.slice(0, 200);
                }
                """);
            Assert.True(unseen is null, $"The focus is not seen: {unseen}");
        }

        await tab.Page.Keyboard.PressAsync(key);
    }

    static Task<bool> IsReachedAsync(ILocator control) =>
        control.EvaluateAsync<bool>("control => control === document.activeElement");
}
