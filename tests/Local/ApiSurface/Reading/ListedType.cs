namespace Atrium.Local.ApiSurface.Tests.Reading;

/// <summary>A type of the real package. One that is named only, <c>: not transcribed</c>, has no members here and cannot be stood in for.</summary>
internal sealed record ListedType(TypeHeader Header, IReadOnlyList<ListedMember> Members)
{
    public const string NamedOnly = "not transcribed";

    public string Name => Header.Name;

    public bool IsTranscribed => Header.Kind != NamedOnly;

    public string Namespace => Name[..Name.LastIndexOf('.')];

    /// <summary>The lines that the app's version of the package has.</summary>
    public IEnumerable<string> Lines => Members.Where(member => member.Since is null).Select(member => member.Line);
}
