using System.Diagnostics;

namespace Atrium.Functions.Egress;

/// <summary>The names of <see cref="ErrorClass"/> in JSON, tables, metrics and logs. They are a contract: never change one.</summary>
internal static class ErrorClassNames
{
    /// <summary>The name outside.</summary>
    public static string Name(this ErrorClass error) => error switch
    {
        ErrorClass.Dns => "dns",
        ErrorClass.Connect => "connect",
        ErrorClass.Tls => "tls",
        ErrorClass.Timeout => "timeout",
        ErrorClass.Reset => "reset",
        ErrorClass.Refused => "refused",
        ErrorClass.Blocked => "blocked",
        ErrorClass.Http => "http",
        ErrorClass.Body => "body",
        ErrorClass.EndpointDown => "endpoint_down",
        _ => throw new UnreachableException($"The error class {(int)error} has no name."),
    };

    /// <summary>The error class of that name, or null when there is none.</summary>
    public static ErrorClass? Parse(string? name)
    {
        foreach (var error in Enum.GetValues<ErrorClass>())
        {
            if (error.Name() == name)
            {
                return error;
            }
        }

        return null;
    }
}
