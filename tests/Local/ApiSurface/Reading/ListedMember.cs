namespace Atrium.Local.ApiSurface.Tests.Reading;

/// <summary>A member's line. <paramref name="Since"/>: the version that first has it, when it is later than the app's; else null.</summary>
internal sealed record ListedMember(string Line, string? Since)
{
    private const string SinceMark = " // since ";

    public static ListedMember Parse(string line) => line.Split(SinceMark) is [var member, var version] ? new(member, version) : new(line, null);
}
