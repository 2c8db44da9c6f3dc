using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Atrium.Functions.Egress;
using Atrium.Functions.Tests.Fakes;
using CsCheck;

namespace Atrium.Functions.Tests.Egress;

public sealed class AddressRaceTests : IDisposable
{
    static readonly SocketException Refused = new((int)SocketError.ConnectionRefused);

    static readonly SocketException Unreachable = new((int)SocketError.HostUnreachable);

    readonly SteppedTime time = new(Some.Time);
    readonly CancellationTokenSource patience = new();
    readonly Channel<Try> begun = Channel.CreateUnbounded<Try>();

    public void Dispose() => patience.Dispose();

    [Fact]
    public async Task An_address_that_is_slower_than_its_turn_still_wins()
    {
        var race = Start(addresses: 2);
        var first = await BegunAsync(0);
        await time.SkipAsync();
        var second = await BegunAsync(1);

        first.Connect();

        Assert.Equal((Address(0), first.Connection), await race);
        Assert.True(second.IsGivenUp);
    }

    [Fact]
    public async Task The_first_to_be_connected_wins_though_all_answer_late()
    {
        var race = Start(addresses: 5);
        var tries = new List<Try> { await BegunAsync(0) };
        while (tries.Count < 5)
        {
            Assert.Equal(AddressRace.Delay, await time.SkipAsync());
            tries.Add(await BegunAsync(tries.Count));
        }

        tries[2].Connect();

        Assert.Equal((Address(2), tries[2].Connection), await race);
        Assert.Equal([true, true, false, true, true], tries.Select(attempt => attempt.IsGivenUp));
    }

    [Fact]
    public async Task The_next_address_has_its_turn_at_once_when_the_newest_fails()
    {
        var race = Start(addresses: 3);
        (await BegunAsync(0)).Fail(Refused);
        (await BegunAsync(1)).Fail(Refused);

        (await BegunAsync(2)).Connect();

        Assert.Equal(Address(2), (await race).Address);
    }

    [Fact]
    public async Task No_address_is_tried_after_one_is_connected()
    {
        var race = Start(addresses: 3);

        (await BegunAsync(0)).Connect();
        await race;

        Assert.False(begun.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_connection_that_comes_too_late_is_closed()
    {
        var race = Start(addresses: 2);
        var first = await BegunAsync(0);
        await time.SkipAsync();
        var second = await BegunAsync(1);
        first.ConnectsThoughGivenUp = true;

        second.Connect();
        await race;

        Assert.Equal((false, true), (first.Connection.CanRead, second.Connection.CanRead));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task The_failure_of_the_last_address_is_told_whichever_fails_first(int failsFirst)
    {
        var race = Start(addresses: 2);
        (Try Attempt, SocketException Failure) first = (await BegunAsync(0), Refused);
        await time.SkipAsync();
        (Try Attempt, SocketException Failure) last = (await BegunAsync(1), Unreachable);

        foreach (var (attempt, failure) in failsFirst == 0 ? [first, last] : new[] { last, first })
        {
            attempt.Fail(failure);
        }

        Assert.Same(Unreachable, await Assert.ThrowsAsync<SocketException>(() => race));
    }

    [Fact]
    public async Task All_are_given_up_when_the_time_is_over()
    {
        var race = Start(addresses: 3);
        var first = await BegunAsync(0);
        await time.SkipAsync();
        var second = await BegunAsync(1);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => race);
        Assert.Equal((true, true), (first.IsGivenUp, second.IsGivenUp));
    }

    [Fact]
    public Task Whatever_the_addresses_do_one_that_connects_wins_and_no_other_connection_stays_open() =>
        Gen.Bool.Array[1, 6].SampleAsync(async connects =>
        {
            var made = new List<MemoryStream>();
            var race = AddressRace.RunAsync(
                [.. connects.Select((_, i) => Address(i))],
                async (address, _) =>
                {
                    await Task.Yield();
                    if (!connects[address.GetAddressBytes()[3]])
                    {
                        throw Refused;
                    }

                    made.Add(new MemoryStream());
                    return made[^1];
                },
                time,
                CancellationToken.None);

            if (Array.IndexOf(connects, true) is >= 0 and var first)
            {
                var (address, connection) = await race;
                Assert.Equal(Address(first), address);
                Assert.Equal([connection], made.Where(stream => stream.CanRead));
            }
            else
            {
                await Assert.ThrowsAsync<SocketException>(() => race);
            }
        });

    static IPAddress Address(int number) => new([192, 0, 2, (byte)number]);

    Task<(IPAddress Address, Stream Connection)> Start(int addresses) => AddressRace.RunAsync(
        [.. Enumerable.Range(0, addresses).Select(Address)],
        (address, token) =>
        {
            var attempt = new Try(address, token);
            begun.Writer.TryWrite(attempt);
            return attempt.Outcome;
        },
        time,
        patience.Token);

    async Task<Try> BegunAsync(int number)
    {
        var attempt = await begun.Reader.ReadAsync();
        Assert.Equal(Address(number), attempt.Address);
        return attempt;
    }

    /// <summary>A try that ends as a test says, or when it is given up.</summary>
    sealed class Try
    {
        readonly TaskCompletionSource<Stream> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Try(IPAddress address, CancellationToken token)
        {
            Address = address;
            token.Register(() =>
            {
                if (ConnectsThoughGivenUp)
                {
                    Connect();
                }

                IsGivenUp = outcome.TrySetCanceled(token);
            });
        }

        public IPAddress Address { get; }

        public MemoryStream Connection { get; } = new();

        public bool ConnectsThoughGivenUp { get; set; }

        public bool IsGivenUp { get; private set; }

        public Task<Stream> Outcome => outcome.Task;

        public void Connect() => outcome.TrySetResult(Connection);

        public void Fail(Exception e) => outcome.TrySetException(e);
    }
}
