using Azure;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>What the services throw.</summary>
static class Outages
{
    public static RequestFailedException Unavailable() => new(503, "The server is busy.", "ServerBusy", null);

    public static RequestFailedException NotFound(string code) => new(404, "It is not there.", code, null);

    public static RequestFailedException PreconditionFailed() =>
        new(412, "The version is another.", "UpdateConditionNotSatisfied", null);

    public static RequestFailedException Conflict() => new(409, "The entity exists.", "EntityAlreadyExists", null);
}
