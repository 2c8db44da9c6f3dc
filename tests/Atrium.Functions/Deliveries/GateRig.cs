using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Logging.Testing;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>A gate, and endpoints that answer or hang behind it.</summary>
sealed class GateRig
{
    public static readonly EndpointKey One = KeyOf("a", 1);
    public static readonly EndpointKey Other = KeyOf("b", 2);

    public static readonly EndpointBounds Bounds = new(HostFile.MaxConcurrentCalls, new EgressOptions().Timeout);

    readonly Dictionary<EndpointKey, Queue<(EndpointSlot Slot, TaskCompletionSource<Exchange> Answer, Task Sending)>>
        _hanging = [];

    public GateRig() => Gate = new EndpointGate(Bounds, Time, Log);

    public SteppedTime Time { get; } = new(Some.Time);

    public FakeLogger<EndpointGate> Log { get; } = new();

    public EndpointGate Gate { get; }

    public static EndpointKey KeyOf(string tenant, int number) =>
        new(tenant, $"sub_{number}", $"https://{number}.example.com/");

    public static Exchange Answered(int status) =>
        new() { Status = status, Error = status < 300 ? null : ErrorClass.Http, Explanation = "" };

    public static Exchange Failed(ErrorClass error) => new() { Error = error, Explanation = "" };

    public async Task RequestAsync(EndpointKey key, Exchange exchange, TimeSpan took)
    {
        using var slot = Hold(key, 1)[0];
        await slot.SendAsync(() =>
        {
            Time.Advance(took);
            return Task.FromResult(exchange);
        });
    }

    /// <summary>Fails one that began before others took all slots.</summary>
    public async Task FailAsync(EndpointKey key, Exchange exchange)
    {
        var endpoint = _hanging[key].Dequeue();
        endpoint.Answer.SetResult(exchange);
        await endpoint.Sending;
        endpoint.Slot.Dispose();
        Hang(key, 1);
    }

    public async Task ProveAsync(EndpointKey key, TimeSpan took = default)
    {
        for (var number = 0; number < Bounds.Most; number++)
        {
            await RequestAsync(key, Answered(200), took);
        }
    }

    /// <summary>Lets twenty endpoints that are quick take all calls that they get.</summary>
    public async Task FillAsync()
    {
        var keys = Enumerable.Range(0, 20).Select(number => KeyOf($"t{number}", number)).ToList();
        foreach (var key in keys)
        {
            await ProveAsync(key);
        }

        foreach (var key in keys.Concat(keys))
        {
            Hang(key, 200);
        }
    }

    public async Task MakeDownAsync(EndpointKey key)
    {
        await RequestAsync(key, Failed(ErrorClass.Timeout), TimeSpan.FromSeconds(10));
        await RequestAsync(key, Failed(ErrorClass.Timeout), TimeSpan.FromSeconds(10));
    }

    public List<EndpointSlot> Hold(EndpointKey key, int most)
    {
        var slots = new List<EndpointSlot>();
        while (slots.Count < most && Gate.Ask(key, mayComeAgain: true) is EndpointAdmission.Granted(var slot))
        {
            slots.Add(slot);
        }

        return slots;
    }

    public int Hang(EndpointKey key, int most)
    {
        _hanging.TryAdd(key, new());
        for (var count = 0; ; count++)
        {
            if (count == most || Gate.Ask(key, mayComeAgain: true) is not EndpointAdmission.Granted(var slot))
            {
                return count;
            }

            var answer = new TaskCompletionSource<Exchange>();
            _hanging[key].Enqueue((slot, answer, slot.SendAsync(() => answer.Task)));
        }
    }
}
