using Atrium.Functions.DeadLetters;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

public sealed class MessageTextsTests
{
    const string Email = "jane@example.com";

    static readonly Erasure Jane = Erasure.Of(Email);

    [Theory]
    [InlineData("subject")]
    [InlineData("message id")]
    [InlineData("correlation id")]
    [InlineData("property's value")]
    [InlineData("property's name")]
    [InlineData("map in the body")]
    public void An_address_is_found_wherever_in_a_message_it_stands(string where)
    {
        var message = new ServiceBusMessage("{}");
        switch (where)
        {
            case "subject":
                message.Subject = Email;
                break;
            case "message id":
                message.MessageId = Email;
                break;
            case "correlation id":
                message.CorrelationId = Email;
                break;
            case "property's value":
                message.ApplicationProperties["who"] = Email;
                break;
            case "property's name":
                message.ApplicationProperties[Email] = 1;
                break;
            default:
                message.GetRawAmqpMessage().Body = Azure.Core.Amqp.AmqpMessageBody.FromValue(
                    new Dictionary<string, object> { ["who"] = Email });
                break;
        }

        Assert.Contains(MessageTexts.Of(Some.Received(message)), Jane.Concerns);
        Assert.DoesNotContain(MessageTexts.Of(Some.Received(message)), Erasure.Of("ane@example.com").Concerns);
    }
}
