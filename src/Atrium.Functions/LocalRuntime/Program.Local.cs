using Atrium.Functions.LocalRuntime;
using Atrium.Local.Emulators;
using Microsoft.Azure.Functions.Worker.Builder;

internal sealed partial class Program
{
    const int Succeeded = 0;
    const int Failed = 1;

    static partial void AddLocalStack(FunctionsApplicationBuilder builder, string[] args)
    {
        var options = LocalOptions.Parse(args);
        if (options.Help || options.Fault is not null)
        {
            (options.Help ? Console.Out : Console.Error).WriteLine(options.Help ? LocalOptions.Usage : $"{options.Fault}\n{LocalOptions.Usage}");
            Environment.Exit(options.Help ? Succeeded : Failed);
        }

        try
        {
            AddLocalStackAsync(builder, options).GetAwaiter().GetResult();
        }
        catch (EmulatorStartException e)
        {
            Console.Error.WriteLine(e.Message);
            Environment.Exit(Failed);
        }
    }

    static async Task AddLocalStackAsync(FunctionsApplicationBuilder builder, LocalOptions options)
    {
        var settings = new LocalSettings(builder.Configuration, options);
        UsableFolder.Make(settings.State);
        if (options.Demo)
        {
            DemoState.Reset(settings.State);
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
        }

        var stack = await LocalStack.StartAsync(settings, new ConsoleProgress());
        builder.Configuration.AddInMemoryCollection(stack.Configuration());
        builder.Services.AddSingleton(settings).AddSingleton(options).AddHostedService(_ => stack).AddSingleton(stack).AddHostedService<Running>();
        if (stack.KeyVault is { } vault)
        {
            builder.Services.AddLocalVault(vault);
        }

        if (options.Demo)
        {
            builder.Services.AddHostedService<Demo>();
        }
    }
}
