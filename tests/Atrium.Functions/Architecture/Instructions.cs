using System.Reflection;
using System.Reflection.Emit;

namespace Atrium.Functions.Tests.Architecture;

/// <summary>Reads the types, members and strings that a method's instructions name.</summary>
static class Instructions
{
    // An instruction of two bytes begins with this one.
    const int Prefix = 0xFE;

    static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

    public static IEnumerable<Type> TypesNamedBy(MethodBase method) => MembersNamedBy(method).SelectMany(TypesOf);

    public static IEnumerable<MemberInfo> MembersNamedBy(MethodBase method) => NamedBy(method).OfType<MemberInfo>();

    /// <summary>Members and strings, in the order of the instructions.</summary>
    public static IEnumerable<object> NamedBy(MethodBase method)
    {
        var bytes = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < bytes.Length;)
        {
            var code = bytes[at] == Prefix ? Codes[(bytes[at++] << 8) | bytes[at++]] : Codes[bytes[at++]];
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType
                or OperandType.InlineTok)
            {
                yield return Resolve(method, BitConverter.ToInt32(bytes, at));
            }

            if (code.OperandType is OperandType.InlineString)
            {
                yield return method.Module.ResolveString(BitConverter.ToInt32(bytes, at));
            }

            at += Length(code.OperandType, bytes, at);
        }
    }

    static MemberInfo Resolve(MethodBase method, int token) => method.Module.ResolveMember(
        token,
        method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null,
        method.IsGenericMethod ? method.GetGenericArguments() : null)!;

    static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        Type type => [type],
        MethodInfo { IsGenericMethod: true } method => method.GetGenericArguments().Append(method.DeclaringType)
            .OfType<Type>(),
        { DeclaringType: { } type } => [type],
        _ => [],
    };

    static int Length(OperandType operand, byte[] bytes, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(bytes, at),
        _ => 4,
    };
}
