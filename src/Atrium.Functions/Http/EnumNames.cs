using System.Text.Json;

namespace Atrium.Functions.Http;

/// <summary>The names of an enum's members outside the app, where they are a contract.</summary>
internal static class EnumNames
{
    /// <summary>In snake case: <c>too_many_jobs</c>.</summary>
    public static string Name<T>(this T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
