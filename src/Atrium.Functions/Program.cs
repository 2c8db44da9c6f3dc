using Atrium.Functions;
using Atrium.Functions.Access;
using Atrium.Functions.Http;
using Atrium.Functions.Operations;
using Atrium.Functions.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<RequestTraceMiddleware>();
builder.UseMiddleware<ProblemMiddleware>();
builder.UseMiddleware<TenantAccessMiddleware>();
builder.UseMiddleware<QueryMiddleware>();
// Whoever reads a body does so up to a limit of his own, and answers what is larger. The server's limit of 30 MB would
// cut the connection off, and with it the answer.
builder.Services.Configure<KestrelServerOptions>(server => server.Limits.MaxRequestBodySize = null);
builder.Services.AddAtrium().AddTelemetryExport(builder.Configuration);
await builder.Build().RunAsync();
