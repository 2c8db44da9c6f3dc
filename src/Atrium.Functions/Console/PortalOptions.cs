using System.ComponentModel.DataAnnotations;
using Atrium.Functions.Http;

namespace Atrium.Functions.Console;

/// <summary>The settings under <c>Portal</c>: where the admin's page may be shown, and how it looks.</summary>
internal sealed class PortalOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Portal";

    /// <summary>
    /// The longest address of a page, in characters, as browsers send it: a character that is not ASCII takes several.
    /// Browsers take far longer ones.
    /// </summary>
    public const int MaxUrlLength = 2048;

    /// <summary>The origins whose pages may embed the admin's page, such as <c>https://app.example.com</c>.</summary>
    /// <value>None by default: no page may.</value>
    public string[] FrameAncestors { get; set; } = [];

    /// <summary>Where the page sends a user who has no session.</summary>
    /// <value>https, or http on this machine; none by default.</value>
    public string? ReturnUrl { get; set; }

    /// <summary>The colour of buttons and links, as <c>#rrggbb</c>.</summary>
    /// <value>At least 4.5 : 1 on white; the page's own colour by default.</value>
    public string? Accent { get; set; }

    /// <summary>Whether a text is the address of a page that a browser may be sent to.</summary>
    public static bool IsPage(string text) =>
        text.Length <= MaxUrlLength && AbsoluteUrl.Of(text) is { } url && IsTrusted(url)
        && url.AbsoluteUri.Length <= MaxUrlLength;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var origin in FrameAncestors.Where(origin => !IsOrigin(origin)))
        {
            yield return new(
                $"Portal__FrameAncestors__N holds {origin}, which is no origin. Give scheme, host and port as browsers "
                + "write them and no path, such as https://app.example.com; http is for this machine only.",
                [nameof(FrameAncestors)]);
        }

        if (ReturnUrl is { Length: > 0 } page && !IsPage(page))
        {
            yield return new(
                "Portal__ReturnUrl must be the https address of a page, or http on this machine, with at most "
                + $"{MaxUrlLength} characters as browsers send it.", [nameof(ReturnUrl)]);
        }

        if (Accent is { Length: > 0 } accent
            && (Colour.Parse(accent) is not { } colour || colour.ContrastOn(Colour.White) < Colour.LegibleContrast))
        {
            yield return new(
                $"Portal__Accent must be a colour such as #0b57d0, with a contrast of {Colour.LegibleContrast:0.0} : 1 "
                + "or more on white, or its text could not be read. Choose a darker one.", [nameof(Accent)]);
        }
    }

    // The form in which a header and postMessage compare origins: without path, capitals and default port.
    static bool IsOrigin(string text) =>
        AbsoluteUrl.Of(text) is { } url && IsTrusted(url)
        && Uri.CheckHostName(url.IdnHost) != UriHostNameType.Unknown
        && text == $"{url.Scheme}://{url.IdnHost}{(url.IsDefaultPort ? "" : $":{url.Port}")}";

    static bool IsTrusted(Uri url) =>
        url.UserInfo.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback));
}

internal static class ConsoleServices
{
    /// <summary>The admin's page, with its settings checked at start.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services) =>
        services.AddSettings<PortalOptions>(PortalOptions.Section).AddSingleton<ConsoleFiles>();
}
