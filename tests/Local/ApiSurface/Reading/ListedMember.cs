namespace Atrium.Local.ApiSurface.Tests.Reading;

/// <summary>A member's line. <paramref name="Since"/>: the later version of the package that first has it, or null when the app's version has it.</summary>
internal sealed record ListedMember(string Line, string? Since)
{
    private const string SinceMark = " // since ";

    public static ListedMember Parse(string line) => line.Split(SinceMark) is [var member, var version] ? new(member, version) : new(line, null);
}
