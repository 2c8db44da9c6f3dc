using System.Text.RegularExpressions;

namespace Atrium.Local.ApiSurface.Tests.Reading;

/// <summary>The forms a member's line can have, after the name of its type.</summary>
internal static partial class MemberGrammar
{
    private const string Access = "(public|protected|protected internal)";
    private const string Narrower = "((protected|protected internal) )?";
    private const string Words = $@" \[{Access}( (static|virtual|abstract|override|sealed override|abstract override))?\]$";
    private const string Constraints = @"[\w.<>, ?\[\]()]+";
    private const string Type = @"[\w.<>, ?\[\]]+";

    public static bool Admits(string member) =>
        new[] { Constructor(), Method(), Property(), Event(), Field(), EnumValue() }.Any(form => form.IsMatch(member))
        && IsBalanced(member, '(', ')') && IsBalanced(member, '<', '>');

    private static bool IsBalanced(string text, char open, char close) => text.Count(c => c == open) == text.Count(c => c == close);

    [GeneratedRegex($@"^\.ctor\(.*\) \[{Access}\]$")]
    private static partial Regex Constructor();

    [GeneratedRegex($@"^\.\w+(<[\w, ]+>)?\(.*\) : {Type}( where \w+ : {Constraints})*{Words}")]
    private static partial Regex Method();

    [GeneratedRegex($@"^\.(\w+|this\[.+\]) : {Type} \{{{Narrower}get(;{Narrower}(set|init))?\}}{Words}")]
    private static partial Regex Property();

    [GeneratedRegex($@"^\.\w+ : event {Type}{Words}")]
    private static partial Regex Event();

    [GeneratedRegex($@"^\.\w+ : (const {Type} = .+|(readonly )?{Type}){Words}")]
    private static partial Regex Field();

    [GeneratedRegex(@"^\.\w+ = -?\d+$")]
    private static partial Regex EnumValue();
}
