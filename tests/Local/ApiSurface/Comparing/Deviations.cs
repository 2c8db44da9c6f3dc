using Atrium.Local.ApiSurface.Tests.Printing;
using Atrium.Local.ApiSurface.Tests.Reading;

namespace Atrium.Local.ApiSurface.Tests.Comparing;

/// <summary>Where a type that stands in differs from the listed one: each finding tells our line and the listed lines nearest to it.</summary>
internal static class Deviations
{
    public static IReadOnlyList<string> Of(SurfaceType ours, ListedType listed) =>
        [.. OfHeader(ours, listed), .. ours.Members.Except(listed.Lines).Select(line => OfMember(line, listed))];

    private static IEnumerable<string> OfHeader(SurfaceType ours, ListedType listed)
    {
        var header = TypeHeader.TryParse(ours.Line);
        return header is not null && listed.Header.Admits(header) ? [] : [$"ours:   {ours.Line}\nlisted: {listed.Header}"];
    }

    private static string OfMember(string line, ListedType listed)
    {
        var later = listed.Members.SingleOrDefault(member => member.Since is not null && member.Line == line);
        var nearest = later is not null
            ? $"only since {later.Since}, which is later than the app's version"
            : string.Join("\n        ", NearestLines.To(line, listed.Lines).DefaultIfEmpty("nothing like it"));
        return $"ours:   {line}\nlisted: {nearest}";
    }
}
