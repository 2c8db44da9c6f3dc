namespace Atrium.Functions.Operations;

/// <summary>The description of this API: openapi.json of this folder, as it lies there.</summary>
internal sealed class OpenApiDocument
{
    const string Resource = "Atrium.Functions.Operations.openapi.json";

    /// <summary>OpenAPI 3.1, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; } = Read();

    static byte[] Read()
    {
        using var resource = typeof(OpenApiDocument).Assembly.GetManifestResourceStream(Resource)!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }
}
