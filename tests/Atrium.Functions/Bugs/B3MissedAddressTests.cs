using Atrium.Functions.Erasure;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// An erasure succeeded and left addresses behind: it took an address to end at characters that addresses may have,
/// kept punctuation that follows one, and did not decode <c>%40</c>.
/// </summary>
public sealed class B3MissedAddressTests
{
    [Theory]
    [InlineData("o'brien@example.com", "The visitor o'brien@example.com is late.")]
    [InlineData("a+b=1@example.com", "{\"note\":\"a+b=1@example.com\"}")]
    [InlineData("jane.smith@example.com", "Welcome, jane.smith@example.com!")]
    [InlineData("jane.smith@example.com", "*jane.smith@example.com*")]
    [InlineData("jane.smith@example.com", "{\"link\":\"https://example.org/?for=jane.smith%40example.com\"}")]
    [InlineData("jane.smith@example.com", "{\"visitor\":{\"email\":\"jane.smith@example.com\"")]
    public void Each_is_found(string email, string body) => Assert.Contains(
        MessageTexts.Of(Some.Received(new ServiceBusMessage(body))), ErasureSubject.Of(email).Concerns);

    [Theory]
    [InlineData("jane.smith@example.com", "mary-jane.smith@example.com")]
    [InlineData("jane.smith@example.com", "jane.smith@example.com.au")]
    public void Another_persons_is_not(string email, string body) => Assert.DoesNotContain(
        MessageTexts.Of(Some.Received(new ServiceBusMessage(body))), ErasureSubject.Of(email).Concerns);
}
