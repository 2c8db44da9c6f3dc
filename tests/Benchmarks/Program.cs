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
    _ => Usage(),
};

static int? Number(string text) =>
    int.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

static int Usage()
{
    Console.Error.WriteLine("""
        Say what to run:
          servicebus [number of messages]     how fast the emulator is; only -c Release means anything
          storm [number of receives] [seed]   whether a message ever stands still while receives end and begin at random
        """);
    return 1;
}
