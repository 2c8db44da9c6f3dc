using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Atrium.Local.ApiSurface.Tests.Reading;

public sealed partial class ListingTests
{
    private static readonly Listing[] All = [Listing.ServiceBus, Listing.Functions];

    [Fact]
    public void Names_no_type_twice()
    {
        Assert.Empty(Twice(All.SelectMany(listing => listing.Types).Select(type => type.Name)));
    }

    [Fact]
    public void Names_no_member_twice()
    {
        Assert.Empty(Twice(All.SelectMany(listing => listing.Types).SelectMany(type => type.Members).Select(member => member.Line)));
    }

    [Fact]
    public void Tells_at_least_one_member_of_each_transcribed_type()
    {
        Assert.Empty(All.SelectMany(listing => listing.Types).Where(type => type.IsTranscribed && type.Members.Count == 0).Select(type => type.Name));
    }

    [Fact]
    public void Tells_no_member_of_a_type_that_is_named_only()
    {
        Assert.Empty(All.SelectMany(listing => listing.Types).Where(type => !type.IsTranscribed && type.Members.Count > 0).Select(type => type.Name));
    }

    [Fact]
    public void Mentions_only_types_that_exist()
    {
        var lines =
            from listing in All
            from type in listing.Types
            from line in type.Members.Select(member => member.Line[type.Name.Length..]).Append(type.Header.Bases)
            select line;

        var mentioned = lines.SelectMany(line => TypeName().Matches(line)).Select(match => match.Value).Distinct();

        Assert.DoesNotContain(mentioned, name => !KnownTypes.Contain(name));
    }

    [Fact]
    public void Tells_the_versions_that_the_app_is_built_against()
    {
        var versions = XDocument.Load(Path.Combine(RepositoryRoot(), "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(element => (string)element.Attribute("Include")!, element => (string)element.Attribute("Version")!);

        Assert.All(All.SelectMany(listing => listing.Packages), package => Assert.Equal(versions[package.Key], package.Value));
    }

    private static IEnumerable<string> Twice(IEnumerable<string> names) =>
        names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key);

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Directory.Packages.props")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException(
                "No folder above the tests has Directory.Packages.props. Run the tests from the repository's build output.");
        }

        return folder;
    }

    // A name with at least one namespace; not a member's, which begins with a point.
    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(\.\w+)+")]
    private static partial Regex TypeName();
}
