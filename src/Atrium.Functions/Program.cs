using Atrium.Functions;
using Atrium.Functions.Access;
using Atrium.Functions.Http;
using Atrium.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker.Builder;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<ProblemMiddleware>();
builder.UseMiddleware<TenantAccessMiddleware>();
builder.Services.AddAtrium().AddTelemetryExport(builder.Configuration);
AddLocalStack(builder, args);
await builder.Build().RunAsync();

internal sealed partial class Program
{
    /// <summary>What stands in for Azure on one machine; compiled in with the local runtime only, see LocalRuntime/.</summary>
    static partial void AddLocalStack(FunctionsApplicationBuilder builder, string[] args);
}
