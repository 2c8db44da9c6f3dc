using System.Reflection;

namespace Atrium.Local.ApiSurface.Tests.Printing;

/// <summary>What of an assembly can be seen from outside it.</summary>
internal static class Surface
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static IReadOnlyList<SurfaceType> Of(Assembly assembly, bool nullability) =>
        [.. assembly.GetTypes().Where(IsSeen).Select(type => Of(type, nullability)).OrderBy(type => type.Name, StringComparer.Ordinal)];

    public static SurfaceType Of(Type type, bool nullability)
    {
        var lines = new MemberLines(new TypeNames(nullability));
        return new(type, TypeLine.Of(type), [.. Members(type).Select(lines.Of).OfType<string>().Order(StringComparer.Ordinal)]);
    }

    private static IEnumerable<MemberInfo> Members(Type type)
    {
        var members = type.GetMembers(Declared).Where(member => member.MemberType != MemberTypes.NestedType && !IsOfTheCompiler(member));
        return type switch
        {
            { IsEnum: true } => members.Where(member => member is FieldInfo { IsStatic: true }),
            _ when type.IsSubclassOf(typeof(MulticastDelegate)) => members.Where(member => member.Name == nameof(Action.Invoke)),
            _ => members,
        };
    }

    private static bool IsSeen(Type type) => !IsOfTheCompiler(type) && type switch
    {
        { IsNested: false } => type.IsPublic,
        _ => (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsSeen(type.DeclaringType!),
    };

    // No C# name has a bracket; those of generics are written with a back-tick in metadata.
    private static bool IsOfTheCompiler(MemberInfo member) => member.Name.Contains('<', StringComparison.Ordinal);
}
