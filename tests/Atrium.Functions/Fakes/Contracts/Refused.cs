using Azure;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>What a service says to what it does not do.</summary>
static class Refused
{
    public static async Task<RequestFailedException> ByAsync(Func<Task> call) =>
        await Assert.ThrowsAnyAsync<RequestFailedException>(call);

    public static async Task AsAsync(int status, string code, Func<Task> call)
    {
        var refused = await ByAsync(call);
        Assert.Equal((status, code), (refused.Status, refused.ErrorCode));
    }
}
