namespace Atrium.Local.ApiSurface.Tests.Printing;

/// <summary>A type as it is seen from outside its assembly: its own line and one per member.</summary>
internal sealed record SurfaceType(Type Type, string Line, IReadOnlyList<string> Members)
{
    public string Name => TypeNames.Of(Type);
}
