using Atrium.Local.Host.Http;

namespace Atrium.Local.Host;

/// <summary>The host's functions, one line each, for who asks for them.</summary>
internal static class FunctionListing
{
    public static void Write(
        TextWriter output, Uri address, IEnumerable<HttpFunction> http, IEnumerable<ITriggerLoop> others)
    {
        output.WriteLine();
        output.WriteLine("Functions:");
        var lines = http
            .Select(function =>
                $"{function.Function.Name}: [{Methods(function)}] {new Uri(address, function.Route.RawText)}")
            .Concat(others.Select(other => other.Listing));
        foreach (var line in lines)
        {
            output.WriteLine($"  {line}");
        }
    }

    static string Methods(HttpFunction function) =>
        function.Methods.Count == 0 ? "ANY" : string.Join(',', function.Methods);
}
