using Atrium.BrowserTests;

// Run before the tests: what they print themselves is seen only when they have ended.
if (await Chromium.InstallAsync(Console.WriteLine) is { } whyNot)
{
    Console.WriteLine(whyNot);
}
else if (args is ["measure"])
{
    await Measurement.RunAsync(Console.Out);
}
