namespace Atrium.Local.ApiSurface.Tests.Printing.Samples;

public interface ISized : IDisposable
{
    int Size { get; }
}
