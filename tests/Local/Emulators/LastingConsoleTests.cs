namespace Atrium.Local.Emulators.Tests;

public sealed class LastingConsoleTests
{
    [Fact]
    public void What_can_be_written_is_written_as_it_is()
    {
        using var console = new StringWriter { NewLine = "\n" };
        using var lasting = new LastingConsole(console) { NewLine = "\n" };

        WriteAll(lasting);

        Assert.Equal("c\n7 text\nof two characters\n\n", console.ToString());
    }

    [Fact]
    public void What_cannot_be_written_is_lost_and_nothing_else()
    {
        using var full = new StreamWriter(new FullDisk()) { AutoFlush = true };
        using var lasting = new LastingConsole(full);

        Assert.Null(Record.Exception(() => WriteAll(lasting)));
    }

    static void WriteAll(TextWriter console)
    {
        console.WriteLine('c');
        console.Write(7);
        console.Write(" text");
        console.WriteLine();
        console.WriteLine("of {0} characters", "two");
        console.WriteLine(ReadOnlySpan<char>.Empty);
        console.Flush();
    }

    sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");

        public override void Write(byte[] buffer, int offset, int count) =>
            throw new IOException("No space left on device");
    }
}
