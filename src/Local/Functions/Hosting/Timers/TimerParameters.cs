using System.Reflection;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Invocation;

namespace Microsoft.Azure.Functions.Worker.Hosting.Timers;

/// <summary>What a timer function can take; its trigger is a <see cref="TimerInfo"/>.</summary>
internal static class TimerParameters
{
    /// <exception cref="HostStartException">The parameter cannot be bound.</exception>
    public static ParameterSource Source(FunctionMethod function, ParameterInfo parameter) => parameter.ParameterType == typeof(TimerInfo)
        ? static (_, trigger) => trigger
        : CommonParameters.Source(parameter) ?? throw function.CannotBind(parameter, "Take TimerInfo, FunctionContext or CancellationToken.");
}
