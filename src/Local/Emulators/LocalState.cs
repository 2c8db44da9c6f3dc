using System.Reflection;

namespace Atrium.Local.Emulators;

/// <summary>
/// Where the local stand-ins keep what they keep: one git-ignored folder of the clone that they were built from.
/// </summary>
public static class LocalState
{
    /// <summary>
    /// The full path of the folder <c>.local</c> at the root of the repository. It need not exist yet.
    /// </summary>
    public static string Root { get; } = typeof(LocalState).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "LocalStateFolder")
        .Value!;

    /// <summary>
    /// The full path of the folder for installed tools such as Azurite, shared by every process of this clone. It need
    /// not exist yet.
    /// </summary>
    public static string Tools { get; } = Path.Combine(Root, "tools");
}
