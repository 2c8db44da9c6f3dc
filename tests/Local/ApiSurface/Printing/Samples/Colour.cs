namespace Atrium.Local.ApiSurface.Tests.Printing.Samples;

public enum Colour : byte
{
    Red = 3,
}
