using Atrium.Functions.Egress;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Egress;

public sealed class ExcerptReaderTests
{
    // What is left besides a buffer: timers, tasks, and the trace of an exception.
    const int MostBytesBesidesExcerpt = 10 * 1024;

    [Fact]
    public async Task An_excerpt_stays_as_it_is_when_the_next_is_read()
    {
        var first = await ReadAsync(new Body("the first answer"));
        var second = await ReadAsync(new Body("ANOTHER ANSWER, WHICH IS LONGER"));

        Assert.Equal("the first answer", first.Excerpt.Text());
        Assert.Equal("ANOTHER ANSWER, WHICH IS LONGER", second.Excerpt.Text());
    }

    [Fact]
    public async Task Nothing_of_the_answer_before_is_in_an_excerpt_that_breaks_off()
    {
        await ReadAsync(new Body(new string('x', ExcerptReader.MaxLength)));
        var (excerpt, sound) = await ReadAsync(new Body("half", new IOException("The connection is gone.")));

        Assert.Equal(("half", true, false), (excerpt.Text(), excerpt.Truncated, sound));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(HttpRequestException))]
    [InlineData(typeof(InvalidOperationException))]
    public async Task Of_a_short_answer_only_what_is_kept_is_allocated_however_it_ends(Type? fault)
    {
        var least = long.MaxValue;
        for (var reading = 0; reading < 20; reading++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            await Record.ExceptionAsync(() => ReadAsync(
                new Body("ok", fault is null ? null : (Exception)Activator.CreateInstance(fault)!)));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(least, 1, MostBytesBesidesExcerpt);
    }

    static async Task<(BodyExcerpt Excerpt, bool Sound)> ReadAsync(Body body)
    {
        using var content = new StreamContent(body);
        return await ExcerptReader.ReadAsync(content, new FakeTimeProvider(), CancellationToken.None);
    }

    /// <summary>A body of unknown length that is there at once, and ends, or fails.</summary>
    sealed class Body(string text, Exception? fault = null) : MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            fault is not null && Position == Length
                ? ValueTask.FromException<int>(fault)
                : ValueTask.FromResult(Read(buffer.Span));
    }
}
