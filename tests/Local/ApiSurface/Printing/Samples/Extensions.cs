namespace Atrium.Local.ApiSurface.Tests.Printing.Samples;

public static class Extensions
{
    public static string Twice(this string text) => text + text;
}
