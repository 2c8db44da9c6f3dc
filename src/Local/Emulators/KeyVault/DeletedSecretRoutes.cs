using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>The REST operations on secrets in soft delete.</summary>
internal sealed class DeletedSecretRoutes(DeletedSecretStore deleted, SecretView view, bool purgeProtection)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/deletedsecrets", List);
        routes.MapGet("/deletedsecrets/{name}", Get);
        routes.MapDelete("/deletedsecrets/{name}", Purge);
        routes.MapPost("/deletedsecrets/{name}/recover", Recover);
    }

    IResult List(HttpRequest request)
    {
        if (PageRequest.Parse(request.Query) is not { } page)
        {
            return VaultError.InvalidPage();
        }

        var rows = deleted.List(page.After, page.Size + 1);
        return VaultJson.Ok(
            page.Fill(rows, request, row => view.DeletedListItem(request, row), row => row.Newest.Name));
    }

    IResult Get(string name, HttpRequest request) =>
        deleted.Find(name) is { } found ? VaultJson.Ok(view.Deleted(request, found)) : VaultError.DeletedNotFound(name);

    IResult Recover(string name, HttpRequest request) =>
        deleted.Recover(name) is { } recovered
            ? VaultJson.Ok(view.Properties(request, recovered))
            : VaultError.DeletedNotFound(name);

    IResult Purge(string name)
    {
        if (deleted.Find(name) is null)
        {
            return VaultError.DeletedNotFound(name);
        }

        if (purgeProtection)
        {
            return VaultError.PurgeProtected();
        }

        deleted.Purge(name);
        return Results.NoContent();
    }
}
