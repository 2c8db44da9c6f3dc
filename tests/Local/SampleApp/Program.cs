using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

namespace Atrium.Local.SampleApp;

/// <summary>An app as apps are written, for the tests that look at the process: the sentence on standard error, the exit code, the listing.</summary>
internal static class Program
{
    static async Task Main(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        await builder.Build().RunAsync();
    }
}
