namespace Atrium.Local.ApiSurface.Tests.Printing.Samples;

public delegate bool Handler(object sender);
