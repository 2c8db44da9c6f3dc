using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where an app begins.</summary>
[SuppressMessage("Design", "CA1052:Static holder types should be Static or NotInheritable", Justification = "The worker's own shape.")]
public class FunctionsApplication
{
    /// <summary>Reads the settings and gives a builder for the app.</summary>
    /// <param name="args">
    /// The program's arguments. <c>--port N</c> is the port to listen on (0: any free one); it goes before <c>Host.LocalHttpPort</c> of
    /// local.settings.json and before the default 7071. All of them are also configuration.
    /// </param>
    /// <returns>The builder.</returns>
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => new(args);
}
