using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>The REST operations on secrets in use.</summary>
internal sealed class SecretRoutes(SecretStore secrets, DeletedSecretStore deleted, SecretView view)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/secrets", List);
        routes.MapPut("/secrets/{name}", SetAsync);
        routes.MapGet("/secrets/{name}/{version?}", Get);
        routes.MapGet("/secrets/{name}/versions", ListVersions);
        routes.MapPatch("/secrets/{name}/{version?}", UpdateAsync);
        routes.MapDelete("/secrets/{name}", Delete);
    }

    async Task<IResult> SetAsync(string name, HttpRequest request)
    {
        if (!SecretName.IsValid(name))
        {
            return VaultError.InvalidName(name);
        }

        if (await VaultJson.ReadChangeAsync(request) is not { HasValidValue: true } change)
        {
            return VaultError.BadParameter(
                "The body must be a JSON object with the property 'value', a string of at most 25 KB in UTF-8.");
        }

        deleted.PurgeExpired();
        return secrets.Set(name, change) is { } stored
            ? VaultJson.Ok(view.WithValue(request, stored))
            : VaultError.NameInSoftDelete(name);
    }

    // Not-before and expiry are information for clients: the service answers outside them, too.
    IResult Get(string name, string? version, HttpRequest request) => secrets.Find(name, version) switch
    {
        null => VaultError.NotFound(name, version),
        { Enabled: false } => VaultError.Disabled(),
        var found => VaultJson.Ok(view.WithValue(request, found)),
    };

    async Task<IResult> UpdateAsync(string name, string? version, HttpRequest request)
    {
        if (await VaultJson.ReadChangeAsync(request) is not { } change)
        {
            return VaultError.BadParameter(
                "The body must be a JSON object with any of 'contentType', 'tags' and 'attributes'.");
        }

        return secrets.Update(name, version, change) is { } updated
            ? VaultJson.Ok(view.Properties(request, updated))
            : VaultError.NotFound(name, version);
    }

    IResult List(HttpRequest request)
    {
        if (PageRequest.Parse(request.Query) is not { } page)
        {
            return VaultError.InvalidPage();
        }

        var rows = secrets.List(page.After, page.Size + 1);
        return VaultJson.Ok(page.Fill(rows, request, row => view.ListItem(request, row), row => row.Name));
    }

    // Of a secret that does not exist the service gives an empty list.
    IResult ListVersions(string name, HttpRequest request)
    {
        var after = 0L;
        if (PageRequest.Parse(request.Query) is not { } page
            || (page.After.Length > 0
                && !long.TryParse(page.After, NumberStyles.None, CultureInfo.InvariantCulture, out after)))
        {
            return VaultError.InvalidPage();
        }

        var rows = secrets.ListVersions(name, after, page.Size + 1);
        return VaultJson.Ok(page.Fill(
            rows, request, row => view.Properties(request, row),
            row => row.Sequence.ToString(CultureInfo.InvariantCulture)));
    }

    IResult Delete(string name, HttpRequest request) =>
        deleted.Delete(name) is { } gone
            ? VaultJson.Ok(view.Deleted(request, gone))
            : VaultError.NotFound(name, version: null);
}

/// <summary>The service's rule for the names of secrets.</summary>
internal static partial class SecretName
{
    public static bool IsValid(string name) => Rule().IsMatch(name);

    [GeneratedRegex(@"\A[0-9a-zA-Z-]{1,127}\z")]
    private static partial Regex Rule();
}
