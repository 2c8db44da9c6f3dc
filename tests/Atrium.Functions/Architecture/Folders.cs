using System.Reflection;

namespace Atrium.Functions.Tests.Architecture;

/// <summary>
/// Which of the app's folders use which, read from its compiled code: signatures, fields, bases and method bodies.
/// </summary>
static class Folders
{
    /// <summary>What a type declares itself, whoever may see it.</summary>
    public const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Static | BindingFlags.Instance;

    /// <summary>Where the worker's source generators put what they make; the app's project says so.</summary>
    public const string Generated = Root + ".Generated";

    const string Root = "Atrium.Functions";

    /// <summary>Pairs of folders of which the first uses the second, each with a type that does.</summary>
    public static IReadOnlyDictionary<(string From, string To), string> Arrows()
    {
        var arrows = new Dictionary<(string, string), string>();
        foreach (var (type, used) in Uses())
        {
            if (Of(type) is { } from && Of(used) is { } to && from != to)
            {
                arrows[(from, to)] = $"{type.FullName} uses {used.FullName}";
            }
        }

        return arrows;
    }

    /// <summary>Each of the app's types with each type that it uses, whoever made that.</summary>
    public static IEnumerable<(Type Type, Type Used)> Uses() => typeof(Functions.Events.FanOut).Assembly.GetTypes()
        .SelectMany(type => TypesUsedBy(type).SelectMany(Parts).Distinct().Select(used => (type, used)));

    /// <summary>
    /// The folder, by its namespace; null outside the app, and for what stands at its root or is generated, which may
    /// use everything.
    /// </summary>
    public static string? Of(Type type) =>
        type.Assembly == typeof(Functions.Events.FanOut).Assembly
        && type.Namespace?.StartsWith(Root + ".", StringComparison.Ordinal) == true
        && type.Namespace != Generated
            ? type.Namespace[(Root.Length + 1)..].Split('.')[0]
            : null;

    static IEnumerable<Type> TypesUsedBy(Type type)
    {
        foreach (var used in type.GetInterfaces().Append(type.BaseType).OfType<Type>())
        {
            yield return used;
        }

        foreach (var field in type.GetFields(Declared))
        {
            yield return field.FieldType;
        }

        foreach (var method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
        {
            foreach (var used in TypesUsedBy(method))
            {
                yield return used;
            }
        }
    }

    static IEnumerable<Type> TypesUsedBy(MethodBase method)
    {
        var signature = method.GetParameters().Select(parameter => parameter.ParameterType);
        var result = method is MethodInfo { ReturnType: var type } ? [type] : Array.Empty<Type>();
        var locals = method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? [];
        return [.. signature, .. result, .. locals, .. Instructions.TypesNamedBy(method)];
    }

    /// <summary>A type with what it is made of: elements of arrays and references, arguments of generics.</summary>
    static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type)
        : [type];
}
