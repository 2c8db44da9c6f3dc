namespace Atrium.Local.Host.Settings;

/// <summary>
/// Keeps the local host, which has no scaling and opens its functions to everything on loopback, out of Azure.
/// </summary>
internal static class AppServiceGuard
{
    static readonly string[] s_marks = ["WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME"];

    /// <exception cref="HostStartException">The process runs inside App Service.</exception>
    public static void Refuse(Func<string, string?> variable)
    {
        if (s_marks.FirstOrDefault(mark => !string.IsNullOrEmpty(variable(mark))) is { } found)
        {
            throw new HostStartException(
                "This build holds the local stand-in for the Functions host, "
                + $"and the variable {found} says that it runs inside App Service. "
                + "Deploy what `dotnet publish` makes: it is built against Microsoft's packages.");
        }
    }
}
