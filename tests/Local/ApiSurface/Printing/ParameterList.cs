using System.Reflection;
using System.Runtime.CompilerServices;

namespace Atrium.Local.ApiSurface.Tests.Printing;

/// <summary>Parameters with how they are passed, their types, names and defaults.</summary>
internal static class ParameterList
{
    public static string Of(MethodBase method, TypeNames names) => string.Join(
        ", ",
        from parameter in method.GetParameters()
        select $"{Prefix(method, parameter)}{names.Of(parameter)} {parameter.Name}{DefaultValue.Of(parameter)}");

    private static string Prefix(MethodBase method, ParameterInfo parameter) => parameter switch
    {
        { Position: 0 } when method.IsDefined(typeof(ExtensionAttribute), inherit: false) => "this ",
        _ when parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) => "params ",
        { ParameterType.IsByRef: false } => "",
        { IsOut: true } => "out ",
        { IsIn: true } => "in ",
        _ => "ref ",
    };
}
