using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>The form of $management's answers.</summary>
internal static class ManagementAnswers
{
    public static Message Ok(Map body)
    {
        var answer = Status(200, "OK");
        answer.BodySection = new AmqpValue { Value = body };
        return answer;
    }

    public static Message NoContent()
    {
        var answer = Status(204, "No messages are there.");
        answer.ApplicationProperties["errorCondition"] = (Symbol)ServiceBusErrors.MessageNotFoundCondition;
        return answer;
    }

    public static Message Failed(Error error)
    {
        var answer = Status(Code(error.Condition), error.Description);
        answer.ApplicationProperties["errorCondition"] = error.Condition;
        return answer;
    }

    static int Code(string condition) => condition switch
    {
        ServiceBusErrors.LockLostCondition => 410,
        ServiceBusErrors.MessageNotFoundCondition => 404,
        ErrorCode.NotImplemented => 501,
        ServiceBusErrors.ServerBusyCondition => 503,
        ErrorCode.ResourceLimitExceeded => 403,
        ErrorCode.InternalError => 500,
        _ => 400,
    };

    static Message Status(int code, string text) => new()
    {
        ApplicationProperties = new ApplicationProperties { ["statusCode"] = code, ["statusDescription"] = text },
    };
}
