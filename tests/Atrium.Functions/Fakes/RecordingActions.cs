using Azure.Messaging.ServiceBus;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// Keeps how messages were settled, or fails as the worker's own do: with an <see cref="RpcException"/>, whatever the
/// reason.
/// </summary>
sealed class RecordingActions(Journal? journal = null) : ServiceBusMessageActions
{
    public List<string?> Completed { get; } = [];

    public List<(string? MessageId, string? Reason, string? Description)> DeadLettered { get; } = [];

    /// <summary>The application properties that dead letters got, in their order; null for none.</summary>
    public List<IReadOnlyDictionary<string, object>?> SetOnDeadLetters { get; } = [];

    /// <summary>How often a settlement was asked for.</summary>
    public int Tries { get; private set; }

    /// <summary>How settlements fail, if they do.</summary>
    public Status? Fault { get; set; }

    public override Task CompleteMessageAsync(
        ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        Try(message, cancellationToken);
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
        Try(message, cancellationToken);
        journal?.Add($"dead-letter {message.MessageId}");
        SetOnDeadLetters.Add(propertiesToModify);
        DeadLettered.Add((message.MessageId, deadLetterReason, deadLetterErrorDescription));
        return Task.CompletedTask;
    }

    void Try(ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(SettlementFaults.Cancelled);
        }

        Tries++;
        if (Fault is { } fault)
        {
            throw new RpcException(fault);
        }
    }
}
