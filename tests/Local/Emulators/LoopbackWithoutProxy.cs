using System.Runtime.CompilerServices;
using Atrium.Local.Emulators;

namespace Atrium.Processes;

/// <summary>Lets tests reach what they start on this machine, also where the environment names a proxy.</summary>
static class LoopbackWithoutProxy
{
    [ModuleInitializer]
    internal static void Exempt() =>
        NoProxy.ExemptLoopback(Environment.GetEnvironmentVariable, Environment.SetEnvironmentVariable);
}
