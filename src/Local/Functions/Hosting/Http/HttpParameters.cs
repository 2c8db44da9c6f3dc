using System.ComponentModel;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Invocation;

namespace Microsoft.Azure.Functions.Worker.Hosting.Http;

/// <summary>What an HTTP function can take; its trigger is the <see cref="HttpContext"/>.</summary>
internal static class HttpParameters
{
    const string Instead =
        "Take HttpRequest, HttpContext, FunctionContext, CancellationToken, or a value that the route names, and read anything else from the request.";

    /// <exception cref="HostStartException">The parameter cannot be bound.</exception>
    public static ParameterSource Source(FunctionMethod function, RoutePattern route, ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(HttpRequest))
        {
            return static (_, trigger) => ((HttpContext)trigger).Request;
        }

        if (parameter.ParameterType == typeof(HttpContext))
        {
            return static (_, trigger) => trigger;
        }

        if (CommonParameters.Source(parameter) is { } common)
        {
            return common;
        }

        return parameter != function.TriggerParameter && route.GetParameter(parameter.Name!) is not null && ConverterOf(parameter) is { } converter
            ? (_, trigger) => RouteValue((HttpContext)trigger, parameter, converter)
            : throw function.CannotBind(parameter, Instead);
    }

    static TypeConverter? ConverterOf(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        var converter = TypeDescriptor.GetConverter(type);
        return converter.CanConvertFrom(typeof(string)) ? converter : null;
    }

    static object? RouteValue(HttpContext http, ParameterInfo parameter, TypeConverter converter)
    {
        if (http.Request.RouteValues[parameter.Name!] is not string text)
        {
            return parameter.HasDefaultValue ? parameter.DefaultValue : null;
        }

        try
        {
            return converter.ConvertFromInvariantString(text);
        }
        catch (Exception unfit) when (unfit is FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw new FormatException(
                $"The route's value for {parameter.Name} is no {parameter.ParameterType.Name}. Put a constraint in the route, such as {{{parameter.Name}:guid}}, so that such requests find nothing.",
                unfit);
        }
    }
}
