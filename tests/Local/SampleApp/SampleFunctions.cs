using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;

namespace Atrium.Local.SampleApp;

/// <summary>What the program offers.</summary>
internal sealed class SampleFunctions(IHostApplicationLifetime lifetime)
{
    [Function("Stop")]
    public IActionResult Stop([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "stop")] HttpRequest request)
    {
        request.HttpContext.Response.OnCompleted(() =>
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        });
        return new OkObjectResult(Environment.GetEnvironmentVariable("FromTheFile"));
    }

    [Function("Tick")]
    public static void Tick([TimerTrigger("0 0 3 1 1 *")] TimerInfo timer) => ArgumentNullException.ThrowIfNull(timer);
}
