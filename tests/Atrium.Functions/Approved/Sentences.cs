using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Atrium.Functions.Tests.Architecture;

namespace Atrium.Functions.Tests.Approved;

/// <summary>
/// The sentences that stand in a program's compiled code, by the type that says them: answers, refusals, explanations,
/// what is printed, what exceptions say. Not log lines, which are declared where they are written.
/// </summary>
static partial class Sentences
{
    const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Static | BindingFlags.Instance;

    /// <summary>For an approved file: each type with its sentences, what is put into them as <c>{}</c>.</summary>
    public static string Of(Assembly program)
    {
        var methods = from type in program.GetTypes()
                      where IsWritten(type)
                      from method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared))
                      where !method.IsDefined(typeof(GeneratedCodeAttribute))
                      orderby type.MetadataToken, method.MetadataToken
                      select (By: Outermost(type).FullName!, Texts: TextsOf(method).Where(IsSentence).ToList());
        var said = from method in methods
                   from text in method.Texts
                   group text by method.By into texts
                   orderby texts.Key
                   select $"{texts.Key}\n{string.Concat(texts.Distinct().Select(Line))}";
        return string.Join('\n', said);
    }

    static string Line(string text) => $"  {text.ReplaceLineEndings("\n  ")}\n";

    static bool IsWritten(Type type) =>
        type.Name != "Log"
        && !type.IsDefined(typeof(GeneratedCodeAttribute))
        && (type.DeclaringType is not { } outer || IsWritten(outer));

    // Nobody reads the filters of queries, which have their places numbered.
    static bool IsSentence(string text) => Words().IsMatch(text) && !text.Contains("{0}", StringComparison.Ordinal);

    static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    static List<string> TextsOf(MethodBase method)
    {
        var (texts, open) = (new List<string>(), new Stack<StringBuilder>());
        foreach (var named in Instructions.NamedBy(method))
        {
            switch (named)
            {
                case string text:
                    texts.Add(text);
                    break;
                case ConstructorInfo { DeclaringType: var type } when type == typeof(DefaultInterpolatedStringHandler):
                    open.Push(new StringBuilder());
                    break;
                case MethodInfo { Name: "AppendLiteral" } when open.Count > 0:
                    open.Peek().Append(texts[^1]);
                    texts.RemoveAt(texts.Count - 1);
                    break;
                case MethodInfo { Name: "AppendFormatted" } when open.Count > 0:
                    open.Peek().Append("{}");
                    break;
                case MethodInfo { Name: "ToStringAndClear" } when open.Count > 0:
                    texts.Add(open.Pop().ToString());
                    break;
            }
        }

        return texts;
    }

    // Two words at least, of letters.
    [GeneratedRegex(@"\p{L}{2,}[,.:;]? (\p{L}|\{)")]
    private static partial Regex Words();
}
