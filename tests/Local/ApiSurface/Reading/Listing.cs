namespace Atrium.Local.ApiSurface.Tests.Reading;

/// <summary>What the real packages offer, as the files in this folder tell it.</summary>
internal sealed record Listing(IReadOnlyDictionary<string, string> Packages, bool TellsNullability, IReadOnlyList<ListedType> Types)
{
    public static Listing ServiceBus { get; } = Load("azure-messaging-servicebus.txt");

    public static Listing Functions { get; } = Load("functions-worker.txt");

    public ListedType? Find(string type) => Types.SingleOrDefault(listed => listed.Name == type);

    private static Listing Load(string file)
    {
        using var stream = typeof(Listing).Assembly.GetManifestResourceStream(file)
            ?? throw new FileNotFoundException($"The listing {file} is not embedded in the tests. Put it in the folder listings.");
        using var reader = new StreamReader(stream);
        return ListingReader.Read(reader.ReadToEnd());
    }
}
