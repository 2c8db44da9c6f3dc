namespace Atrium.Local.ApiSurface.Tests.Reading;

/// <summary>Types that a listing may mention: the listed ones, and those of the libraries that the real packages build on.</summary>
internal static class KnownTypes
{
    /// <summary>One type of each library.</summary>
    private static readonly Type[] Libraries =
    [
        typeof(object),
        typeof(Uri),
        typeof(IServiceProvider),
        typeof(BinaryData),
        typeof(System.Collections.Immutable.ImmutableArray),
        typeof(System.Collections.Specialized.NameValueCollection),
        typeof(System.Net.IWebProxy),
        typeof(System.Net.Security.RemoteCertificateValidationCallback),
        typeof(System.Security.Claims.ClaimsIdentity),
        typeof(Azure.Response),
        typeof(Microsoft.AspNetCore.Http.HttpContext),
        typeof(Microsoft.Extensions.Configuration.ConfigurationManager),
        typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection),
        typeof(Microsoft.Extensions.Diagnostics.Metrics.IMetricsBuilder),
        typeof(Microsoft.Extensions.Hosting.IHost),
        typeof(Microsoft.Extensions.Logging.ILogger),
        typeof(Microsoft.Extensions.Logging.ILoggingBuilder),
        typeof(OpenTelemetry.IOpenTelemetryBuilder),
    ];

    private static readonly HashSet<string> Names =
    [
        .. Libraries.SelectMany(type => type.Assembly.GetExportedTypes()).Select(type => type.FullName!.Split('`')[0]),
        // Of the package Azure.Core.Amqp, which nothing here refers to.
        "Azure.Core.Amqp.AmqpAnnotatedMessage",
        .. Listing.ServiceBus.Types.Concat(Listing.Functions.Types).Select(type => type.Name.Split('<')[0]),
    ];

    /// <summary>Whether the name is a type's, or that of a value of a listed enum.</summary>
    public static bool Contain(string name) => Names.Contains(name) || IsEnumValue(name);

    private static bool IsEnumValue(string name)
    {
        var type = name[..name.LastIndexOf('.')];
        var listed = Listing.ServiceBus.Find(type) ?? Listing.Functions.Find(type);
        return listed?.Members.Any(member => member.Line.StartsWith(name + " = ", StringComparison.Ordinal)) == true;
    }
}
