using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Requests about the messages of one entity.</summary>
internal sealed class ManagementChannel(ServiceBusConnection connection, string entityPath, Type owner)
{
    readonly Slot<RequestLink> _link = connection.NewSlot(
        $"Opening the management link of '{entityPath}'",
        async (open, cancellationToken) =>
        {
            await open.AuthorizeAsync(entityPath, cancellationToken).ConfigureAwait(false);
            return await RequestLink.OpenAsync(open, EntityName.Management(entityPath), cancellationToken).ConfigureAwait(false);
        },
        link => link.IsOpen,
        link => link.CloseAsync(),
        owner);

    /// <summary>Asks once. Returns what was answered, or null when there is nothing to answer with.</summary>
    public async Task<Map?> AskAsync(string operation, Map body, CancellationToken cancellationToken)
    {
        var request = new Message
        {
            ApplicationProperties = new ApplicationProperties
            {
                ["operation"] = $"com.microsoft:{operation}",
                ["com.microsoft:server-timeout"] = (uint)connection.Options.RetryOptions.TryTimeout.TotalMilliseconds,
                ["com.microsoft:tracking-id"] = Guid.NewGuid().ToString(),
            },
            BodySection = new AmqpValue { Value = body },
        };
        var link = await _link.GetAsync(cancellationToken).ConfigureAwait(false);
        var answer = await link.AskAsync(request, cancellationToken).ConfigureAwait(false);
        var told = answer.ApplicationProperties;
        var status = told?["statusCode"] as int? ?? 0;
        if (status is >= 200 and <= 299) return answer.Body as Map;
        var condition = (told?["errorCondition"] as Symbol)?.ToString() ?? ErrorMapping.ConditionOf(status);
        throw ErrorMapping.ToException(condition, told?["statusDescription"] as string, entityPath);
    }

    public Task CloseAsync() => _link.CloseAsync();
}
