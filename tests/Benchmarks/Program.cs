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
    _ => Usage(),
};

static int? Number(string text) =>
    int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

static int Usage()
{
    Console.Error.WriteLine("""
        Say what to run:
          servicebus [number of messages]     how fast the emulator is; only -c Release means anything
          load N T S R                        N events a second to T tenants for S seconds through the app, R times
          storm [number of receives] [seed]   whether a message ever stands still while receives end and begin at random
        """);
    return 1;
}
