namespace Atrium.Local.ApiSurface.Tests.Printing.Samples;

public abstract class Pair<T> : List<T>
{
    /// <summary>Printed as protected: nobody but a subclass can call it.</summary>
    public Pair(T first) => Add(first);
}
