using System.Net;

namespace Atrium.Functions.Egress;

/// <summary>
/// Connects to whichever of a receiver's addresses takes the connection first. The addresses get their turns one after
/// the other; earlier tries go on meanwhile (RFC 8305, section 5).
/// </summary>
internal static class AddressRace
{
    /// <summary>
    /// The time from one address's turn to the next, unless the address fails before: the Connection Attempt Delay that
    /// RFC 8305, section 8, recommends. It also bounds the sockets: no more are open than a connect timeout has delays.
    /// </summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    /// <summary>The first connection, once all others are given up and closed.</summary>
    /// <param name="addresses">At least one, in the order of their turns.</param>
    /// <param name="connect">Connects to an address; ends soon once its token is cancelled.</param>
    /// <param name="time">Measures the delay.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Exception">None took the connection: what <paramref name="connect"/> threw for the last
    /// address.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public static async Task<(IPAddress Address, Stream Connection)> RunAsync(
        IReadOnlyList<IPAddress> addresses,
        Func<IPAddress, CancellationToken, Task<Stream>> connect,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tries = new List<Task<Stream>>();
        var winner = -1;
        try
        {
            var turn = Task.CompletedTask;
            while ((winner = tries.FindIndex(attempt => attempt.IsCompletedSuccessfully)) < 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var more = tries.Count < addresses.Count;
                Task[] undecided = [.. tries.Where(attempt => !attempt.IsCompleted)];
                if (more && (turn.IsCompleted || tries[^1].IsCompleted))
                {
                    tries.Add(connect(addresses[tries.Count], over.Token));
                    turn = Task.Delay(Delay, time, over.Token);
                }
                else if (undecided.Length > 0)
                {
                    await Task.WhenAny(more ? [turn, .. undecided] : undecided);
                }
                else
                {
                    await tries[^1];
                }
            }

            return (addresses[winner], await tries[winner]);
        }
        finally
        {
            await over.CancelAsync();
            await ((Task)Task.WhenAll(tries)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var loser in tries.Where((attempt, i) => i != winner && attempt.IsCompletedSuccessfully))
            {
                await (await loser).DisposeAsync();
            }
        }
    }
}
