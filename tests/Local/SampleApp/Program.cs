using Atrium.Local.SampleApp;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

Starts.BeforeAnything();
var builder = FunctionsApplication.CreateBuilder(args);
if (!Starts.Are(Start.WithoutWebApplication))
{
    builder.ConfigureFunctionsWebApplication();
}

builder.Services.AddSingleton<Gates>().AddSingleton<MessageScript>();
Starts.Spoil(builder);
await builder.Build().RunAsync();
