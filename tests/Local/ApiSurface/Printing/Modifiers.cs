using System.Reflection;

namespace Atrium.Local.ApiSurface.Tests.Printing;

/// <summary>The words before a member: who may see it, and what a subclass may do to it.</summary>
internal static class Modifiers
{
    private static readonly string[] WidestFirst = ["public", "protected internal", "protected"];

    /// <summary>Who beside the assembly may see the member; null when nobody.</summary>
    public static string? Access(MethodBase member) => (member.Attributes & MethodAttributes.MemberAccessMask) switch
    {
        MethodAttributes.Public => "public",
        MethodAttributes.FamORAssem => "protected internal",
        MethodAttributes.Family => "protected",
        _ => null,
    };

    public static string? Access(FieldInfo field) => (field.Attributes & FieldAttributes.FieldAccessMask) switch
    {
        FieldAttributes.Public => "public",
        FieldAttributes.FamORAssem => "protected internal",
        FieldAttributes.Family => "protected",
        _ => null,
    };

    /// <summary>The accessor that decides how the whole property or event is called.</summary>
    public static MethodInfo? Widest(params MethodInfo?[] accessors) => accessors
        .Where(accessor => accessor is not null && Access(accessor) is not null)
        .MinBy(accessor => Array.IndexOf(WidestFirst, Access(accessor!)));

    public static string Of(MethodInfo method) => Access(method) + Inheritance(method);

    public static bool IsOverride(MethodInfo method) => method.GetBaseDefinition() != method;

    private static string Inheritance(MethodInfo method) => method switch
    {
        { IsStatic: true } => " static",
        { IsVirtual: false } => "",
        _ when method.DeclaringType!.IsSubclassOf(typeof(MulticastDelegate)) => "",
        _ when IsOverride(method) => method.IsAbstract ? " abstract override" : method.IsFinal ? " sealed override" : " override",
        { IsAbstract: true } => " abstract",
        { IsFinal: true } => "",
        _ => " virtual",
    };
}
