using System.Reflection;
using Microsoft.Azure.Functions.Worker.Hosting.Settings;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>Where a host stands: the folder of its settings, the types that may hold functions, and where it writes what a person reads.</summary>
internal sealed record HostSite(string ScriptRoot, IReadOnlyList<Type> FunctionTypes, TextWriter Output)
{
    /// <summary>The setting that names the folder of host.json and local.settings.json; the real host's own.</summary>
    public const string ScriptRootVariable = "AzureWebJobsScriptRoot";

    /// <summary>The site of the running program.</summary>
    public static HostSite OfThisProcess()
    {
        HostStartFailure.PrintAsOneSentence();
        AppServiceGuard.Refuse(Environment.GetEnvironmentVariable);
        return new(
            Environment.GetEnvironmentVariable(ScriptRootVariable) is { Length: > 0 } root ? Path.GetFullPath(root) : AppContext.BaseDirectory,
            Assembly.GetEntryAssembly()?.GetTypes() ?? [],
            Console.Out);
    }
}
