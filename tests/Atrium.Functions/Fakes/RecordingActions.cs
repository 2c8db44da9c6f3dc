using Azure.Messaging.ServiceBus;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>Keeps how messages were settled, or fails as the host does.</summary>
sealed class RecordingActions(Journal? journal = null) : ServiceBusMessageActions
{
    public List<string?> Completed { get; } = [];

    public List<(string? MessageId, string? Reason, string? Description)> DeadLettered { get; } = [];

    /// <summary>How often a settlement was asked for.</summary>
    public int Tries { get; private set; }

    public bool Fails { get; set; }

    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        Try(cancellationToken);
        journal?.Add($"complete {message.MessageId}");
        Completed.Add(message.MessageId);
        return Task.CompletedTask;
    }

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = null,
        string? deadLetterReason = null,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default)
    {
        Try(cancellationToken);
        journal?.Add($"dead-letter {message.MessageId}");
        DeadLettered.Add((message.MessageId, deadLetterReason, deadLetterErrorDescription));
        return Task.CompletedTask;
    }

    void Try(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Tries++;
        if (Fails)
        {
            throw new RpcException(new Status(StatusCode.Unknown, "MessageLockLost"));
        }
    }
}
