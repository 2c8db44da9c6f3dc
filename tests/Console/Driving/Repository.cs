using System.Reflection;

namespace Atrium.BrowserTests;

/// <summary>Where the build has found what the tests need.</summary>
internal static class Repository
{
    /// <summary>The path of a file of the repository.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Metadata("Repository"), .. parts]);

    /// <summary>A value that the build has put down in the assembly.</summary>
    public static string Metadata(string key) => typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
