namespace Atrium.Functions.TestWebhooks;

internal static class TestWebhookServices
{
    /// <summary>Sends samples on request, and says why a signature does not verify.</summary>
    public static IServiceCollection AddTestWebhooks(this IServiceCollection services) => services.AddSingleton<TestGate>().AddSingleton<TestSending>();
}
