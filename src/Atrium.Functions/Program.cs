using Atrium.Functions;
using Atrium.Functions.Access;
using Atrium.Functions.Http;
using Atrium.Functions.Operations;
using Atrium.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker.Builder;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<RequestTraceMiddleware>();
builder.UseMiddleware<ProblemMiddleware>();
builder.UseMiddleware<TenantAccessMiddleware>();
builder.UseMiddleware<QueryMiddleware>();
builder.Services.AddAtrium().AddTelemetryExport(builder.Configuration);
await builder.Build().RunAsync();
