using System.Globalization;
using Atrium.Benchmarks;

return args switch
{
    ["servicebus"] => await ServiceBusBenchmark.RunAsync(ServiceBusBenchmark.DefaultMessages),
    ["servicebus", var messages] when int.TryParse(messages, CultureInfo.InvariantCulture, out var count) && count > 0 => await ServiceBusBenchmark.RunAsync(count),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Say what to measure: servicebus [number of messages]. Build with -c Release, or the figures mean nothing.");
    return 1;
}
