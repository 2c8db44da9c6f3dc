namespace Atrium.Local.ApiSurface.Tests.Reading;

/// <summary>Reads a listing: comments, then types, each with its members below it.</summary>
internal static class ListingReader
{
    private const string Package = "# package: ";
    private const string Nullability = "# nullability: compared";

    /// <exception cref="FormatException">A line is neither comment, type nor a member of the type above it.</exception>
    public static Listing Read(string text)
    {
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        var types = new List<(TypeHeader Header, List<ListedMember> Members)>();
        foreach (var (number, line) in lines.Index())
        {
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            if (TypeHeader.TryParse(line) is { } header)
            {
                types.Add((header, []));
            }
            else if (types is [.., var type] && IsMember(line, type.Header))
            {
                type.Members.Add(ListedMember.Parse(line));
            }
            else
            {
                throw new FormatException(
                    $"Line {number + 1} is neither a type nor a member of the type above it: {line}. README.md beside the listing gives the forms.");
            }
        }

        var packages = lines.Where(line => line.StartsWith(Package, StringComparison.Ordinal)).Select(line => line[Package.Length..].Split(' '));
        return new(
            packages.ToDictionary(words => words[0], words => words[1]),
            lines.Contains(Nullability),
            [.. types.Select(type => new ListedType(type.Header, type.Members))]);
    }

    private static bool IsMember(string line, TypeHeader header) =>
        line.StartsWith(header.Name + ".", StringComparison.Ordinal) && MemberGrammar.Admits(ListedMember.Parse(line).Line[header.Name.Length..]);
}
