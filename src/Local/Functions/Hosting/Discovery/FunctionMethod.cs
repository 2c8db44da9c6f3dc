using System.Reflection;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker.Hosting.Discovery;

/// <summary>A method that is a function, and what starts it.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Method">The method.</param>
/// <param name="TriggerParameter">The parameter that receives the cause.</param>
/// <param name="Trigger">The attribute on that parameter.</param>
internal sealed record FunctionMethod(string Name, MethodInfo Method, ParameterInfo TriggerParameter, TriggerBindingAttribute Trigger)
{
    /// <summary>The class that the function is created from.</summary>
    public Type Class => Method.ReflectedType!;

    /// <summary>The name for errors and logs: "function FanOut (EventFunctions.FanOut)".</summary>
    public override string ToString() => $"function {Name} ({Class.Name}.{Method.Name})";

    public HostStartException Refused(string why) => new($"The {this} cannot be started: {why}");

    public HostStartException CannotBind(ParameterInfo parameter, string instead) =>
        Refused($"its parameter {parameter.Name} is of type {parameter.ParameterType.Name}, which this trigger does not give. {instead}");
}
