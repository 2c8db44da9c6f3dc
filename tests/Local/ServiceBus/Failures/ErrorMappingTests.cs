using System.Net.Sockets;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Azure.Messaging.ServiceBus.Tests.Failures;

public sealed class ErrorMappingTests
{
    [Theory]
    [InlineData("amqp:not-found", ServiceBusFailureReason.MessagingEntityNotFound, false)]
    [InlineData("com.microsoft:message-lock-lost", ServiceBusFailureReason.MessageLockLost, false)]
    [InlineData("com.microsoft:session-lock-lost", ServiceBusFailureReason.SessionLockLost, false)]
    [InlineData("com.microsoft:session-cannot-be-locked", ServiceBusFailureReason.SessionCannotBeLocked, false)]
    [InlineData("com.microsoft:message-not-found", ServiceBusFailureReason.MessageNotFound, false)]
    [InlineData("com.microsoft:entity-disabled", ServiceBusFailureReason.MessagingEntityDisabled, false)]
    [InlineData("com.microsoft:entity-already-exists", ServiceBusFailureReason.MessagingEntityAlreadyExists, false)]
    [InlineData("com.microsoft:server-busy", ServiceBusFailureReason.ServiceBusy, true)]
    [InlineData("com.microsoft:timeout", ServiceBusFailureReason.ServiceTimeout, true)]
    [InlineData("amqp:link:message-size-exceeded", ServiceBusFailureReason.MessageSizeExceeded, false)]
    [InlineData("amqp:resource-limit-exceeded", ServiceBusFailureReason.QuotaExceeded, false)]
    [InlineData("amqp:connection:forced", ServiceBusFailureReason.ServiceCommunicationProblem, true)]
    [InlineData("amqp:link:detach-forced", ServiceBusFailureReason.ServiceCommunicationProblem, true)]
    [InlineData("amqp:internal-error", ServiceBusFailureReason.GeneralError, true)]
    [InlineData(null, ServiceBusFailureReason.GeneralError, true)]
    public void Conditions_of_the_service_have_their_reason(string? condition, ServiceBusFailureReason reason, bool transient)
    {
        var failure = Assert.IsType<ServiceBusException>(ErrorMapping.ToException(condition, "what is wrong", "q"));
        Assert.Equal((reason, transient, "q"), (failure.Reason, failure.IsTransient, failure.EntityPath));
    }

    [Theory]
    [InlineData("amqp:unauthorized-access", typeof(UnauthorizedAccessException))]
    [InlineData("com.microsoft:auth-failed", typeof(UnauthorizedAccessException))]
    [InlineData("amqp:not-allowed", typeof(InvalidOperationException))]
    [InlineData("amqp:not-implemented", typeof(NotSupportedException))]
    [InlineData("com.microsoft:argument-error", typeof(ArgumentException))]
    [InlineData("com.microsoft:argument-out-of-range", typeof(ArgumentOutOfRangeException))]
    public void Some_conditions_are_what_NET_has_an_exception_for(string condition, Type type) =>
        Assert.IsType(type, ErrorMapping.ToException(condition, "what is wrong", "q"));

    [Theory]
    [InlineData(400, "com.microsoft:argument-error")]
    [InlineData(401, "amqp:unauthorized-access")]
    [InlineData(404, "amqp:not-found")]
    [InlineData(408, "com.microsoft:timeout")]
    [InlineData(410, "com.microsoft:message-lock-lost")]
    [InlineData(503, "com.microsoft:server-busy")]
    [InlineData(500, "amqp:internal-error")]
    public void An_answer_without_a_condition_is_judged_by_its_status(int status, string condition) => Assert.Equal(condition, ErrorMapping.ConditionOf(status));

    [Fact]
    public void A_broken_connection_is_a_problem_that_passes()
    {
        foreach (var exception in new Exception[] { new SocketException(), new IOException(), new OperationCanceledException("transport closed"), new AmqpException(new Error(new Symbol("amqp:connection:forced"))) })
        {
            var failure = Assert.IsType<ServiceBusException>(ErrorMapping.Translate(exception, "q"));
            Assert.Equal((ServiceBusFailureReason.ServiceCommunicationProblem, true), (failure.Reason, failure.IsTransient));
        }
    }

    [Fact]
    public void A_message_tells_what_where_and_why()
    {
        var failure = new ServiceBusException("The lock is gone.", ServiceBusFailureReason.MessageLockLost, "deliveries");
        Assert.StartsWith("The lock is gone. (deliveries - MessageLockLost). ", failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("It broke. (GeneralError). ", new ServiceBusException(true, "It broke.").Message, StringComparison.Ordinal);
    }
}
