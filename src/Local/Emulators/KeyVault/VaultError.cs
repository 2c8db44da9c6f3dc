using Microsoft.AspNetCore.Http;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>The refusals of the service: status, codes and sense are its own, since clients decide by them.</summary>
internal static class VaultError
{
    public static IResult InvalidName(string name) => Answer(
        StatusCodes.Status400BadRequest,
        "BadParameter",
        $"The name '{name}' is not valid: a secret's name has 1 to 127 characters, each of them a letter, a digit or "
            + "'-'.");

    public static IResult BadParameter(string reason) =>
        Answer(StatusCodes.Status400BadRequest, "BadParameter", reason);

    public static IResult InvalidPage() =>
        BadParameter(
            "The query parameter 'maxresults' must be a number from 1 to 25, and '$skiptoken' must come from a "
            + "nextLink.");

    public static IResult NotFound(string name, string? version) => Answer(
        StatusCodes.Status404NotFound,
        "SecretNotFound",
        $"A secret with (name/id) {(version is null ? name : $"{name}/{version}")} was not found in this key vault. If "
            + "it was deleted, it may be recovered.");

    public static IResult DeletedNotFound(string name) =>
        Answer(StatusCodes.Status404NotFound, "SecretNotFound", $"Deleted Secret not found: {name}");

    public static IResult Disabled() =>
        Answer(
            StatusCodes.Status403Forbidden, "Forbidden", "Operation get is not allowed on a disabled secret.",
            "SecretDisabled");

    public static IResult NameInSoftDelete(string name) => Answer(
        StatusCodes.Status409Conflict,
        "Conflict",
        $"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; recover it, or "
            + "purge it, or use another name.",
        "ObjectIsDeletedButRecoverable");

    public static IResult PurgeProtected() => Answer(
        StatusCodes.Status403Forbidden,
        "Forbidden",
        "Operation \"purge\" is not allowed because purge protection is enabled for this vault. The secret is purged "
            + "when its retention period has passed.");

    public static IResult Unauthorized() => Answer(
        StatusCodes.Status401Unauthorized, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");

    public static IResult UnknownOperation(HttpRequest request) => Answer(
        StatusCodes.Status404NotFound,
        "NotFound",
        $"The Key Vault emulator has no {request.Method} {request.Path}: it keeps secrets only, and does not back them "
            + "up or restore them.");

    static IResult Answer(int status, string code, string message, string? innerCode = null) => Results.Json(
        new { error = new { code, message, innererror = innerCode is null ? null : new { code = innerCode } } },
        VaultJson.Options,
        statusCode: status);
}
