using Atrium.Local.Host.Http;

namespace Atrium.Local.Host;

/// <summary>What the host tells a person on the console at start: its functions, and that it is ready.</summary>
internal static class FunctionListing
{
    /// <summary>What stands before the address on the line that says the host is ready.</summary>
    public const string Ready = "Ready on ";

    const string Indent = "        ";

    public static void Write(
        TextWriter output, Uri address, IEnumerable<HttpFunction> http, IEnumerable<ITriggerLoop> others, bool locked)
    {
        var lines = http
            .Select(function =>
                $"{function.Function.Name}: [{Methods(function)}] {new Uri(address, function.Route.RawText)}")
            .Concat(others.Select(other => other.Listing));
        output.WriteLine();
        output.WriteLine("Functions:");
        foreach (var line in lines)
        {
            output.WriteLine();
            output.WriteLine(Indent + line);
        }

        output.WriteLine();
        output.WriteLine(
            locked
                ? "HTTP functions above Anonymous ask for a key."
                : "HTTP functions are open to this machine: no FunctionKeys are set.");
        output.WriteLine($"{Ready}{address.AbsoluteUri.TrimEnd('/')}");
        output.Flush();
    }

    static string Methods(HttpFunction function) =>
        function.Methods.Count == 0 ? "ANY" : string.Join(',', function.Methods);
}
