using Azure.Messaging.ServiceBus.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Azure.Messaging.ServiceBus.Tests.Wire;

public sealed class TokenTests
{
    const string Audience = "amqps://name.servicebus.windows.net/deliveries";
    const long Expiry = 1893456000;
    static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(Expiry).AddMinutes(-30);

    /// <summary>The signature was computed with another program.</summary>
    const string Signed =
        "SharedAccessSignature sr=amqps%3A%2F%2Fname.servicebus.windows.net%2Fdeliveries&sig=1rB6V1cU%2B%2Fo%2FZiBddynTI4petLVBzbpNj7b2yrFBTxE%3D&se=1893456000&skn=Root";

    [Fact]
    public void A_key_signs_the_address_and_the_time() =>
        Assert.Equal(Signed, SharedAccessSignature.Create(Audience, "Root", "c2VjcmV0LWtleQ==", DateTimeOffset.FromUnixTimeSeconds(Expiry)));

    [Fact]
    public async Task A_key_gives_tokens_for_half_an_hour()
    {
        var token = await TokenSources.Of(new AzureNamedKeyCredential("Root", "c2VjcmV0LWtleQ=="), new FakeTimeProvider(Now))(Audience, CancellationToken.None);
        Assert.Equal(new CbsToken(Signed, "servicebus.windows.net:sastoken", Now.AddMinutes(30)), token);
    }

    [Fact]
    public async Task A_signature_made_beforehand_tells_when_it_expires()
    {
        var token = await TokenSources.Of(new AzureSasCredential(Signed), new FakeTimeProvider(Now))(Audience, CancellationToken.None);
        Assert.Equal(new CbsToken(Signed, "servicebus.windows.net:sastoken", DateTimeOffset.FromUnixTimeSeconds(Expiry)), token);
    }

    [Fact]
    public async Task A_credential_is_asked_for_the_scope_of_the_service()
    {
        var credential = new FakeCredential(Now.AddHours(1));
        var token = await TokenSources.Of(credential)(Audience, CancellationToken.None);
        Assert.Equal(new CbsToken("the token", "jwt", Now.AddHours(1)), token);
        Assert.Equal(["https://servicebus.azure.net/.default"], credential.Scopes);
    }

    [Theory]
    [InlineData(1800, 1500)]
    [InlineData(240, 120)]
    [InlineData(0, 10)]
    [InlineData(-60, 10)]
    [InlineData(315_360_000, 86_400)]
    public void Tokens_are_renewed_well_before_they_expire(int secondsLeft, int secondsToWait) =>
        Assert.Equal(TimeSpan.FromSeconds(secondsToWait), TokenRenewal.Delay(Now.AddSeconds(secondsLeft), Now));
}
