using System.Reflection;
using System.Text;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Events;
using Atrium.Functions.Signing;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Approved;

public sealed class ContractTests
{
    const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddSeconds(1_776_245_405);

    static readonly DeliveryMessage Delivery = new()
    {
        Tenant = "acme",
        SubscriptionId = "sub_0123456789abcdef0123",
        EventId = "evt_0123456789abcdef0123456789abcdef",
        EventType = "visitor.checked_in",
        DeliveryId = "msg_0123456789abcdef0123456789abcdef",
        Run = 2,
        Attempt = 3,
        PutBack = 1,
        AcceptedAt = Now.AddMinutes(-2),
        LivesFrom = Now.AddMinutes(-1),
        RunStartedAt = Now.AddMinutes(-1),
        DueAt = Now,
        Trace = Trace,
        Body = BinaryData.FromString("""{"event":"visitor.checked_in"}"""),
    };

    [Fact]
    public void Functions_and_routes_are_as_approved() => Approval.Verify(string.Concat(
        from type in typeof(DeliverFunction).Assembly.GetTypes()
        from method in type.GetMethods()
        let function = method.GetCustomAttribute<FunctionAttribute>()
        where function is not null
        let line = $"{function.Name}: {Trigger(method)}\n"
        orderby line
        select line), "functions");

    [Fact]
    public void The_signed_request_is_as_approved()
    {
        SigningSecret[] secrets =
        [
            SigningSecret.Parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").Secret!,
            SigningSecret.Parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX").Secret!,
        ];
        var headers = new Dictionary<string, string> { ["X-Api-Key"] = "k", ["Webhook-Signature"] = "never over ours" };
        var request = new OutgoingRequest(
            "https://example.com/hook", Delivery.DeliveryId, Now.ToUnixTimeSeconds(), Delivery.Body.ToMemory())
        {
            Secrets = secrets,
            CustomHeaders = headers,
        };
        var text = new StringBuilder("POST https://example.com/hook\n");
        foreach (var (name, value) in request.Headers())
        {
            text.Append($"{name}: {value}\n");
        }

        Approval.Verify(
            text.Append('\n').Append(Encoding.UTF8.GetString(request.Body.Span)).Append('\n').ToString(),
            "signed-request");
    }

    [Fact]
    public void The_message_on_deliveries_is_as_approved() =>
        Approval.Verify(Text(DeliveryMessageWriter.Write(Delivery, Now)), "delivery-message");

    [Fact]
    public void The_message_on_visitor_events_is_as_approved()
    {
        var message =
            new EventMessage
            {
                Tenant = "acme",
                EventId = "evt_0123456789abcdef0123456789abcdef",
                AcceptedAt = Now,
                Trace = Trace,
                Body = Delivery.Body
            };
        Approval.Verify(Text(message.Write(Now)) + "\nput back:\n" + Text(message.WithPutBack().Write(Now.AddHours(1)))
            + "\nreplayed:\n" + Text(message.Replayed(Now.AddDays(20)).Write(Now.AddDays(20).AddHours(1))),
            "event-message");
    }

    static string Trigger(MethodInfo method)
    {
        foreach (var parameter in method.GetParameters())
        {
            if (parameter.GetCustomAttribute<HttpTriggerAttribute>() is { } http)
            {
                return $"{string.Join(' ', http.Methods!).ToUpperInvariant()} /api/{http.Route} ({http.AuthLevel})";
            }

            if (parameter.GetCustomAttribute<ServiceBusTriggerAttribute>() is { } queue)
            {
                return $"queue {queue.QueueName}, connection {queue.Connection}, auto-complete "
                    + $"{queue.AutoCompleteMessages}";
            }

            if (parameter.GetCustomAttribute<TimerTriggerAttribute>() is { } timer)
            {
                return $"timer {timer.Schedule}";
            }
        }

        return "no trigger";
    }

    static string Text(ServiceBusMessage message) =>
        $"MessageId: {message.MessageId}\nCorrelationId: {message.CorrelationId}\nSubject: "
            + $"{message.Subject}\nContentType: {message.ContentType}\n"
        + $"TimeToLive: {message.TimeToLive:c}\n"
        + string.Concat(message.ApplicationProperties.OrderBy(property => property.Key, StringComparer.Ordinal)
            .Select(property => $"{property.Key}: {property.Value} ({property.Value.GetType().Name})\n"))
        + $"\n{message.Body}\n";
}
