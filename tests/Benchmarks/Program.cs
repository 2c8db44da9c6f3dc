using System.Globalization;
using Atrium.Benchmarks;

return args switch
{
    ["servicebus"] => await ServiceBusBenchmark.RunAsync(ServiceBusBenchmark.DefaultMessages),
    ["servicebus", var messages] when Number(messages) is { } count => await ServiceBusBenchmark.RunAsync(count),
    ["storm"] => await StormRun.RunAsync(StormRun.DefaultReceives, StormRun.DefaultSeed),
    ["storm", var receives] when Number(receives) is { } count => await StormRun.RunAsync(count, StormRun.DefaultSeed),
    ["storm", var receives, var seed] when Number(receives) is { } count && Number(seed) is { } chosen =>
        await StormRun.RunAsync(count, chosen),
    ["load", var perSecond, var tenants, var seconds, var rounds]
        when Number(perSecond) is { } rate
            && Number(tenants) is { } customers
            && Number(seconds) is { } time
            && Number(rounds) is { } times =>
        await LoadRun.RunAsync(rate, customers, time, times),
    ["dead", var tenants, var endpoints, var perSecond, var seconds, var way]
        when Number(tenants) is { } customers
            && Number(endpoints) is { } each
            && Number(perSecond) is { } rate
            && Number(seconds) is { } time
            && DeadRun.Ways.ContainsKey(way) =>
        await DeadRun.RunAsync(customers, each, rate, time, way),
    ["end", var backlog, var perSecond, var seconds, var way, .. var back]
        when int.TryParse(backlog, CultureInfo.InvariantCulture, out var waiting) && waiting >= 0
            && double.TryParse(perSecond, CultureInfo.InvariantCulture, out var rate) && rate >= 0
            && Number(seconds) is { } time
            && EndRun.Ways.Contains(way)
            && back is [] or ["back"] =>
        await EndRun.RunAsync(waiting, rate, time, way, back is ["back"]),
    ["recover", var perSecond, var seconds] when Number(perSecond) is { } rate && Number(seconds) is { } time =>
        await RecoverRun.RunAsync(rate, time),
    ["delivery"] => await DeliveryBenchmark.RunAsync(DeliveryBenchmark.DefaultDeliveries),
    ["delivery", var deliveries] when Number(deliveries) is { } count => await DeliveryBenchmark.RunAsync(count),
    [ReceiverProcess.Command] => await ReceiverProcess.RunAsync(),
    _ => Usage(),
};

static int? Number(string text) =>
    int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

static int Usage()
{
    Console.Error.WriteLine("""
        Say what to run:
          servicebus [number of messages]     how fast the emulator is; only -c Release means anything
          delivery [number of deliveries]     what one costs the app, in bytes and processor time;
                                          only -c Release means anything
          load N T S R                        N events a second to T tenants for S seconds through the app, R times
          dead T E N S WAY                N events a second to E dead endpoints of each of T tenants for S seconds,
                                          beside 20 a second to 20 healthy ones; WAY is hangs, refuses, drips,
                                          trickles, fails, rejects, or paused (with `parked` full)
          end N R S WAY [back]            N events at first, then R a second for S seconds, to one endpoint that fails,
                                          until all have ended (about 22 minutes more); WAY is hangs, refuses, trickles,
                                          fails or rejects; back: after half of S it answers
          recover N S                     N events a second for S seconds, alone and beside a tenant's recovery, under
                                          the limits of the Standard tier
          storm [number of receives] [seed]   whether a message ever stands still while receives end and begin at random
        """);
    return 1;
}
