using System.Net;
using Atrium.Functions.Tests.Fakes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Moq;

namespace Atrium.Functions;

public sealed class ClientsAreConfiguredTests
{
    [Fact]
    public async Task A_token_is_tried_for_no_more_often_than_any_call_and_no_try_lasts_longer()
    {
        using var refusing = new RefusingHandler();
        var options = AzureClients.ForTokens(
            new ManagedIdentityCredentialOptions(ManagedIdentityId.FromUserAssignedClientId(Guid.Empty.ToString())));
        options.Transport = new HttpClientTransport(refusing);
        var credential = new ManagedIdentityCredential(options);

        await Assert.ThrowsAnyAsync<AuthenticationFailedException>(async () =>
            await credential.GetTokenAsync(new TokenRequestContext(["https://vault.azure.net/.default"]), default));

        Assert.Equal(TimeSpan.FromSeconds(3), options.Retry.NetworkTimeout);
        Assert.Equal(3, refusing.Calls);
    }

    [Theory]
    [InlineData("ServiceBus", "garbage")]
    [InlineData("Tables", "garbage")]
    [InlineData("KeyVault:vaultUri", "abc")]
    [InlineData("Backup:containerUri", "garbage")]
    public async Task A_setting_that_cannot_be_used_stops_the_app_before_the_worker_among_its_services_has_started(
        string name, string value)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ServiceBus:fullyQualifiedNamespace"] = "example.servicebus.windows.net",
            ["Tables:serviceUri"] = "https://example.table.core.windows.net",
            ["KeyVault:vaultUri"] = "https://example.vault.azure.net",
            [name] = value,
        };
        var worker = new Mock<IHostedService>();
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton(worker.Object).AddSingleton(Some.Outages()).AddAzureClients();
        using var host = builder.Build();

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(name.Replace(":", "__", StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
        worker.Verify(service => service.StartAsync(It.IsAny<CancellationToken>()), Times.Never);
    }

    sealed class RefusingHandler : HttpMessageHandler
    {
        int _calls;

        public int Calls => _calls;

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.InternalServerError)
            {
                RequestMessage = request,
                Content = new StringContent("{}"),
            });
        }
    }
}
