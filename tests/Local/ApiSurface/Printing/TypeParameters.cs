using System.Reflection;

namespace Atrium.Local.ApiSurface.Tests.Printing;

/// <summary>A method's type parameters and their constraints; <c>notnull</c> and <c>unmanaged</c> are not told.</summary>
internal static class TypeParameters
{
    public static string Of(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(parameter => parameter.Name))}>" : "";

    public static string Constraints(MethodInfo method) => string.Concat(
        from parameter in method.GetGenericArguments()
        let constraints = string.Join(", ", Constraints(parameter))
        where constraints.Length > 0
        select $" where {parameter.Name} : {constraints}");

    private static IEnumerable<string> Constraints(Type parameter)
    {
        var special = parameter.GenericParameterAttributes;
        var isStruct = special.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        return
        [
            .. special.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? ["class"] : Array.Empty<string>(),
            .. isStruct ? ["struct"] : Array.Empty<string>(),
            .. parameter.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(TypeNames.Of),
            .. special.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct ? ["new()"] : Array.Empty<string>(),
        ];
    }
}
