namespace Atrium.Local.ApiSurface.Tests.Printing.Samples;

public readonly struct Point;
