using Microsoft.AspNetCore.Http;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>Shows what is stored as the service would. Ids start with the address by which the client called.</summary>
internal sealed class SecretView(bool purgeProtection)
{
    readonly string recoveryLevel = purgeProtection ? "Recoverable" : "Recoverable+Purgeable";

    public SecretBundle WithValue(HttpRequest request, SecretVersion version) =>
        Properties(request, version) with { Value = version.Value };

    public SecretBundle Properties(HttpRequest request, SecretVersion version) =>
        Show(version, $"{Root(request)}/secrets/{version.Name}/{version.Version}");

    public SecretBundle ListItem(HttpRequest request, SecretVersion version) =>
        Show(version, $"{Root(request)}/secrets/{version.Name}");

    public SecretBundle Deleted(HttpRequest request, SoftDeletedSecret secret) =>
        Deleted(request, secret, Properties(request, secret.Newest));

    public SecretBundle DeletedListItem(HttpRequest request, SoftDeletedSecret secret) =>
        Deleted(request, secret, ListItem(request, secret.Newest));

    static SecretBundle Deleted(HttpRequest request, SoftDeletedSecret secret, SecretBundle bundle) => bundle with
    {
        RecoveryId = $"{Root(request)}/deletedsecrets/{secret.Newest.Name}",
        DeletedDate = secret.DeletedAt,
        ScheduledPurgeDate = secret.PurgesAt,
    };

    SecretBundle Show(SecretVersion version, string id) => new(
        id,
        Value: null,
        version.ContentType,
        version.Tags,
        new SecretAttributes(
            version.Enabled, version.NotBefore, version.Expires, version.Created, version.Updated, recoveryLevel,
            SoftDeletedSecret.RetentionDays));

    static string Root(HttpRequest request) => $"https://{request.Host}";
}
