using System.Text.Json;

namespace Atrium.Functions.Tests.Publishing;

/// <summary>Parts of a published folder.</summary>
static class Package
{
    /// <summary>As the worker's Sdk writes it of the Service Bus extension.</summary>
    public static readonly Extension ServiceBus = new(
        "ServiceBus",
        "Microsoft.Azure.WebJobs.ServiceBus.ServiceBusWebJobsStartup, Microsoft.Azure.WebJobs.Extensions.ServiceBus, "
        + "Version=5.17.0.0, Culture=neutral, PublicKeyToken=92742159e12e44c8",
        "./.azurefunctions/Microsoft.Azure.WebJobs.Extensions.ServiceBus.dll");

    /// <summary>Of another one.</summary>
    public static readonly Extension Other = new(
        "Startup",
        "Microsoft.Azure.WebJobs.Extensions.FunctionMetadataLoader.Startup, "
        + "Microsoft.Azure.WebJobs.Extensions.FunctionMetadataLoader, Version=1.0.0.0, "
        + "Culture=neutral, PublicKeyToken=551316b6919f366c",
        "./.azurefunctions/Microsoft.Azure.WebJobs.Extensions.FunctionMetadataLoader.dll");

    public static void WriteExtensions(DirectoryInfo package, params Extension[] extensions) => File.WriteAllText(
        Path.Combine(package.FullName, "extensions.json"),
        JsonSerializer.Serialize(new { extensions }, JsonSerializerOptions.Web));

    /// <summary>One of the host's extensions.</summary>
    public sealed record Extension(string Name, string TypeName, string HintPath);
}
