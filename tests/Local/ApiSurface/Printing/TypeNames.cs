using System.Reflection;

namespace Atrium.Local.ApiSurface.Tests.Printing;

/// <summary>Writes types as C# does, with their namespaces. <paramref name="nullability"/>: with <c>?</c> on what may be null.</summary>
internal sealed class TypeNames(bool nullability)
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(void)] = "void",
    };

    private readonly NullabilityInfoContext _annotations = new();

    public string Of(ParameterInfo parameter) => Of(parameter.ParameterType, nullability ? _annotations.Create(parameter) : null);

    public string Of(PropertyInfo property) => Of(property.PropertyType, nullability ? _annotations.Create(property) : null);

    public string Of(EventInfo @event) => Of(@event.EventHandlerType!, nullability ? _annotations.Create(@event) : null);

    public string Of(FieldInfo field) => Of(field.FieldType, nullability ? _annotations.Create(field) : null);

    public static string Of(Type type) => Of(type, null);

    private static string Of(Type type, NullabilityInfo? annotation)
    {
        if (type.IsByRef)
        {
            return Of(type.GetElementType()!, annotation);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying) + "?";
        }

        // Whether a bare type parameter may be null is told by its constraints, not by a mark on it.
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        var mayBeNull = !type.IsValueType && annotation?.ReadState == NullabilityState.Nullable;
        return (type.IsArray ? Of(type.GetElementType()!, annotation?.ElementType) + "[]" : Named(type, annotation)) + (mayBeNull ? "?" : "");
    }

    private static string Named(Type type, NullabilityInfo? annotation)
    {
        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        var name = (type.DeclaringType is { } declaring ? Of(declaring) : type.Namespace) + "." + type.Name.Split('`')[0];
        var arguments = type.GetGenericArguments().Select((argument, index) =>
            Of(argument, annotation?.GenericTypeArguments.ElementAtOrDefault(index)));
        return type.IsGenericType ? $"{name}<{string.Join(", ", arguments)}>" : name;
    }
}
