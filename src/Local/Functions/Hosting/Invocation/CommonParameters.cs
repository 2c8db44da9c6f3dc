using System.Reflection;

namespace Microsoft.Azure.Functions.Worker.Hosting.Invocation;

/// <summary>What every function can take, whatever starts it.</summary>
internal static class CommonParameters
{
    public static ParameterSource? Source(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var type when type == typeof(FunctionContext) => static (context, _) => context,
        var type when type == typeof(CancellationToken) => static (context, _) => context.CancellationToken,
        _ => null,
    };
}
